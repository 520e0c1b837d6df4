import Guest
import Testing

/// What is taken from a console while it comes.
@Suite struct GuestConsoleTests {
    @Test func lines() {
        var console = GuestConsole()
        #expect(console.isEmpty)
        #expect(console.take(Array("[ 0.0] Linux ver".utf8)) == [])
        #expect(console.take(Array("sion 6.1\r\n\r\n[ 0.1] Comm".utf8)) == ["[ 0.0] Linux version 6.1"])
        #expect(console.finish() == "[ 0.1] Comm")
        #expect(console.finish() == nil)
        #expect(console.excerpt == ["[ 0.0] Linux version 6.1", "[ 0.1] Comm"])
    }

    @Test func onlyTheLastLinesAreKept() {
        let console = GuestConsole((1...30).map { "line \($0)\r\n" }.joined())
        #expect(console.excerpt == (11...30).map { "line \($0)" })
    }

    /// A crash that scrolls away is still told from its beginning.
    @Test func crashAndEnd() {
        let panic = "[ 1.5] Kernel panic - not syncing: Fatal exception"
        let after = (1...40).map { "[ 1.6] line \($0)" }
        let console = GuestConsole((["[ 1.4] before", panic] + after).joined(separator: "\n"))
        #expect(console.panic == "Fatal exception")
        #expect(console.excerpt == [panic] + after.prefix(9) + ["..."] + after.suffix(10))
    }

    @Test(
        arguments: [
            ("[    1.5] Kernel panic - not syncing: No working init found.\n", nil, "No working init found."),
            ("[    1.5] ---[ end Kernel panic - not syncing: Late ]---\n", nil, nil),
            (
                "PANIC: early exception 0x08 IP 206:10 error 0 cr2 0x0\n", nil,
                "early exception 0x08 IP 206:10 error 0 cr2 0x0"
            ),
            ("[   12.0] BUG: unable to handle page fault\n", "BUG: unable to handle page fault", nil),
            ("[   12.0] Oops: 0002 [#1] SMP\n[ 12.1] Kernel panic - not syncing: x\n", "Oops: 0002 [#1] SMP", "x"),
            ("[    0.5] Freeing unused kernel memory\n", nil, nil),
        ] as [(String, String?, String?)])
    func crashes(_ text: String, _ oops: String?, _ panic: String?) {
        let console = GuestConsole(text)
        #expect(console.oops == oops)
        #expect(console.panic == panic)
    }

    /// A guest cannot reach the terminal, nor fill the memory with one line.
    @Test func hostile() {
        let console = GuestConsole("\u{1b}[2J\u{1b}]0;title\u{7}\n" + "caf\u{e9}\n")
        #expect(console.excerpt == ["?[2J?]0;title?", "caf??"])
        let endless = GuestConsole(String(repeating: "x", count: 3500))
        #expect(endless.excerpt.map(\.count) == [1000, 1000, 1000, 500])
    }
}
