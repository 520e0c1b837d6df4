internal import Glibc

/// How a terminal was before it passed on every key.
package struct TerminalMode {
    private let terminal: Int32
    private let settings: termios

    /// Lets a terminal pass on every key; nil for what is none.
    package static func makeRaw(_ terminal: Int32) -> TerminalMode? {
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { return nil }
        let before = TerminalMode(terminal: terminal, settings: settings)
        cfmakeraw(&settings)
        tcsetattr(terminal, TCSADRAIN, &settings)
        return before
    }

    /// Makes it as it was.
    package func restore() {
        var settings = settings
        tcsetattr(terminal, TCSADRAIN, &settings)
    }
}
