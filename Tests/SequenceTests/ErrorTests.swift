import Sequences
import Testing

/// What is wrong is told with line, column and what was meant.
@Suite struct ErrorTests {
    @Test(arguments: [
        ("", "1:1: it does nothing"),
        ("# only a comment", "1:1: it does nothing"),
        ("clint close", "1:1: nothing is called \"clint\", and no line begins so"),
        (
            "connect client server\nclint close",
            "2:1: nothing is called \"clint\", and no line begins so; did you mean \"client\"?"
        ),
        (
            "connect client server\nclient shos",
            "2:8: \"shos\" is nothing that a socket does or shows; did you mean \"shows\"?"
        ),
        (
            "connect client server\nclient shutdown SHUT_WRITE",
            "2:17: \"SHUT_WRITE\" is not SHUT_RD, SHUT_WR or SHUT_RDWR"
        ),
        ("connect client server\nclient send req", "2:13: what is sent belongs in quotes"),
        ("connect client server\nclient send \"req", "2:13: the text has no end: a quote is missing"),
        ("connect client server\nclient send \"r\\q\"", "2:15: \\q is no escape"),
        ("connect client server\nclient shows FINWAIT", "2:14: \"FINWAIT\" is not a state such as FIN_WAIT2"),
        ("connect client server\nclient close close", "2:14: \"close\" is too much here"),
        ("connect client", "1:15: a name is missing"),
        ("connect client client2\nwire carries \"SIN>\"", "2:14: segment pattern \"SIN>\": "),
        ("connect wire server", "1:9: \"wire\" begins lines of its own; take another name"),
        ("A socket a\nA fork b", "2:3: \"fork\" is nothing that a host does or shows"),
        ("wait 5", "1:6: \"5\" is not a time such as 200ms or 2h"),
        ("wait 99999999999999999999h", "1:6: \"99999999999999999999h\" is not a time such as 200ms or 2h"),
        ("wait 9000000h", "1:6: \"9000000h\" is not a time such as 200ms or 2h"),
        ("for end in 1 2\nwait 1s", "1:1: this has no \"end\""),
        ("for x in 1 2\nwait 1s", "1:1: this has no \"end\""),
        ("wait 1s\nend", "2:1: \"end\" ends nothing here"),
        ("wait $time", "1:6: nothing is called $time here; $$ is a dollar"),
        ("for x in 1\nwait $y\nend", "2:6: nothing is called $y here; $$ is a dollar"),
        ("wait 1s\nclaim too late", "2:1: \"claim\" belongs before the first act"),
        ("id a b\nwait 1s", "1:6: \"b\" is too much here"),
        ("id ../a\nwait 1s", "1:1: \"../a\" is no id"),
        ("sysctl ../../etc/passwd = 1\nwait 1s", "1:8: \"../../etc/passwd\" is no name of a sysctl"),
        ("step", "1:5: what the step is is missing"),
        ("A socket a\na timer lasts 1s..2s since nothing", "2:28: no moment or segment is called \"nothing\""),
    ])
    func isTold(_ text: String, _ expected: String) {
        do {
            _ = try TextSequence(reading: text, file: "wrong.tcp")
            Issue.record("it was read: \(text)")
        } catch {
            let words = "\(error)"
            #expect(words.hasPrefix("wrong.tcp:\(expected)"), "\(words)")
        }
    }

    /// Loops without an act in them, and loops in loops without end.
    @Test(arguments: [
        String(repeating: "for x in 1 2 3 4 5 6 7 8 9 10\n", count: 9) + String(repeating: "end\n", count: 9),
        String(repeating: "for x in 1\n", count: 5000) + String(repeating: "end\n", count: 5000),
        String(repeating: "over both\n", count: 5000) + String(repeating: "end\n", count: 5000),
    ])
    func emptyLoopsAreBounded(_ text: String) {
        #expect(throws: SequenceError.self) { try TextSequence(reading: text, file: "bomb.tcp") }
    }

    @Test func loopsAreBounded() {
        let inner =
            String(repeating: "for x in 1 2 3 4 5 6 7 8 9 10\n", count: 6) + "wait 1s\n"
            + String(repeating: "end\n", count: 6)
        #expect(throws: SequenceError.self) { try TextSequence(reading: inner, file: "bomb.tcp") }
    }

    /// Bytes that are no sequence end in an error and in nothing else.
    @Test func junkIsRefused() {
        let letters = Array(" \n\"\\#$abcdeAB->0159.:()/xstpwire")
        for seed in 0..<200 {
            var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
            let text = String(
                (0..<80).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return letters[Int(state >> 33) % letters.count]
                })
            _ = try? TextSequence(reading: text, file: "junk.tcp")
            _ = try? TextSequence.formatted(text, file: "junk.tcp")
        }
    }
}
