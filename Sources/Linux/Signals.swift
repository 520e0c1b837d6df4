internal import CLinux
internal import Glibc

/// Numbers of signals, by the symbols of signal(7).
package enum SignalNumber {
    package static let SIGHUP = Glibc.SIGHUP
    package static let SIGINT = Glibc.SIGINT
    package static let SIGKILL = Glibc.SIGKILL
    package static let SIGPIPE = Glibc.SIGPIPE
    package static let SIGTERM = Glibc.SIGTERM
    package static let SIGCONT = Glibc.SIGCONT
    package static let SIGSTOP = Glibc.SIGSTOP

    /// Lets this process pay no heed to a signal, nor its children unless they ask for it.
    package static func ignore(_ number: Int32) { _ = signal(number, SIG_IGN) }

    /// Takes `ignore` back.
    package static func restore(_ number: Int32) { _ = signal(number, SIG_DFL) }

    /// Whether this process was started with a signal ignored, as nohup(1) does, or ignores it since.
    package static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Keeps signals from the calling thread, and those it starts, until somebody takes them.
    package static func block(_ numbers: [Int32]) {
        var set = set(of: numbers)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// A descriptor that is readable when one of some signals, which have to be blocked, has come. Throws the signalfd(2)
    /// error.
    package static func descriptor(for numbers: [Int32]) throws(SystemError) -> Descriptor {
        var set = set(of: numbers)
        let raw = signalfd(-1, &set, Int32(SFD_CLOEXEC))
        guard raw >= 0 else { throw SystemError("signalfd") }
        return Descriptor(owning: raw)
    }

    /// Which signal has come to such a descriptor; nil where it cannot be read.
    package static func taken(from descriptor: borrowing Descriptor) -> Int32? {
        // signalfd_siginfo begins with the number, of 32 bits.
        let bytes = try? descriptor.read(capacity: MemoryLayout<signalfd_siginfo>.size)
        return bytes?.first.map { Int32($0) }
    }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }
}
