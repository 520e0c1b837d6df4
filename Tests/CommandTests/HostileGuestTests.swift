import Foundation
import Glibc
import Record
import Testing

/// Guests whose streams are held against what was asked: what does not fit is never a pass.
@Suite(.enabled(if: hasGuestTools, "needs strip and ldd")) struct HostileGuestTests {
    private typealias Guest = (name: String, events: [Event], script: String, message: String)

    private static let header = GuestRunTests.guestHeader
    private static let first = Stream.first
    private static let second = Stream.second

    private static func header(_ change: (inout RunHeader) -> Void) -> Event {
        var header = header
        change(&header)
        return .run(header)
    }

    /// The whole stream of two passes with the events changed one by one.
    private static func changed(_ change: (Event) -> [Event]) -> [Event] { GuestRunTests.whole.flatMap(change) }

    private static let guests: [Guest] = [
        ("another lane", [header { $0.lane = .scaled }], "", "the lane is scaled, not default"),
        ("another link", [header { $0.link = .netem }], "", "the link is netem, not auto"),
        ("another place", [header { $0.place = "host" }], "", "the place is host, not guest, TCG, virtual time"),
        ("another lab", [header { $0.tool = "tcpwitness 9" }], "", "the lab is tcpwitness 9, not tcpwitness 0.1.0"),
        ("no header", Array(GuestRunTests.whole.dropFirst()), "", "the first line is no header"),
        ("two headers", GuestRunTests.whole.prefix(1) + GuestRunTests.whole, "", "a second header line"),
        ("twice", GuestRunTests.whole + GuestRunTests.whole, "", "a second header line"),
        ("after the end", GuestRunTests.whole + [Stream.plan("open.three-way")], "", "something comes after the end"),
        (
            "a foreign scenario", GuestRunTests.whole.prefix(3) + [Stream.plan("open.refused")], "",
            "it plans open.refused, which nobody asked for"
        ),
        (
            "planned twice", GuestRunTests.whole.prefix(3) + [Stream.plan("open.three-way")], "",
            "open.three-way is planned twice"
        ),
        (
            "another number",
            changed { event in
                guard case .started(let started) = event, started.attempt == second else { return [event] }
                return [.started(Started(attempt: Attempt(scenario: second.scenario, number: 7), at: 1))]
            }, "", "it tells of close.simultaneous #7, which nobody asked for"
        ),
        (
            "never started",
            changed { if case .started(let started) = $0, started.attempt == second { [] } else { [$0] } }, "",
            "close.simultaneous never started"
        ),
        (
            "never finished",
            changed { if case .finished(let end) = $0, end.attempt == second { [] } else { [$0] } }, "",
            "it ends without close.simultaneous"
        ),
        (
            "finished twice",
            changed { event in
                guard case .finished(let end) = event, end.attempt == second else { return [event] }
                return [event, event]
            }, "", "close.simultaneous finished twice"
        ),
        (
            "started twice",
            changed { event in
                guard case .started(let started) = event, started.attempt == second else { return [event] }
                return [event, event]
            }, "", "close.simultaneous started twice"
        ),
        (
            "goes on",
            changed { event in
                guard case .end = event else { return [event] }
                return [Stream.judged(second), event]
            }, "", "close.simultaneous goes on after it finished"
        ),
        (
            "a newer lab", [], "echo '{\"version\":2,\"kind\":\"run\",\"payload\":{}}' >&6",
            "this record is of a newer tcpwitness (version 2)"
        ),
        ("junk", [], "head -c 100000 /dev/urandom >&6; echo >&6", "not a line of a tcpwitness record"),
        (
            "a line without end", [], "head -c 20000000 /dev/zero | tr '\\0' a >&6",
            "a line is longer than 16777216 bytes"
        ),
        // Counts of bytes in the shared memory.
        (
            "2^63 - 1 bytes", [], "printf '\\377\\377\\377\\377\\377\\377\\377\\177' >&7",
            "its memory cannot hold 9223372036854775807 bytes"
        ),
        (
            "2^63 bytes", [], "printf '\\0\\0\\0\\0\\0\\0\\0\\200' >&7",
            "its memory cannot hold 9223372036854775808 bytes"
        ),
        ("2^40 bytes", [], "printf '\\0\\0\\0\\0\\0\\1\\0\\0' >&7", "its memory cannot hold 1099511627776 bytes"),
    ]

    @Test(arguments: guests.map(\.name)) func isKilled(_ name: String) throws {
        let guest = try #require(Self.guests.first { $0.name == name })
        let (bench, result) = try run(guest.events, guest.script)
        #expect(result.errors.contains("the guest was killed for a broken stream: \(guest.message)"))
        #expect(result.errors.split(separator: "\n").count { !$0.hasPrefix("  console") } == 1)
        #expect(result.status == 3)
        let concerned = try RunRecord(Array(bench.read("r.jsonl").utf8)).attempts.first { $0.attempt == Self.second }
        // The scenario of which the stream lies never counts as passed, in no output.
        #expect(concerned?.finished?.verdict != .passed)
        #expect(try bench.read("j.xml").contains("name=\"close.simultaneous\""))
        #expect(!result.output.contains("2 passed"))
    }

    /// Such a pass is an error of that scenario alone.
    @Test(arguments: [
        ([], "the lab says that it passed, but none of its expectations was judged"),
        ([Stream.judged(second, false)], "the lab says that it passed, but an expectation was not met"),
    ])
    func isNoPass(_ checks: [Event], _ reason: String) throws {
        let events = Self.changed { event in
            guard case .check(let check) = event, check.attempt == Self.second else { return [event] }
            return checks
        }
        let (bench, result) = try run(events, "")
        #expect(result.errors == "")
        #expect(result.output.contains("2 scenarios: 1 passed, 1 in error"))
        #expect(result.output.contains(reason))
        #expect(result.status == 3)
        let record = try RunRecord(Array(bench.read("r.jsonl").utf8))
        #expect(record.attempts.map { $0.finished?.verdict } == [.passed, .error])
    }

    /// A console that never ends takes neither the memory nor the terminal.
    @Test func aFloodOfMessages() throws {
        let (_, result) = try run(
            Array(GuestRunTests.whole.prefix(5)),
            "yes \"$(printf 'tcpwitness: \\033[2J\\000 %0300d' 1)\" | head -c 30000000 >&5")
        #expect(result.status == 3)
        #expect(result.errors.utf8.count < 20_000)
        #expect(result.errors.unicodeScalars.allSatisfy { !$0.isControl })
    }

    private func run(_ events: [Event], _ script: String) throws -> (Workbench, Workbench.Result) {
        let bench = try GuestRunTests().bench(events, then: script)
        let arguments = ["run", "--kernel", "bench-kernel", "--record", "r.jsonl", "--junit", "j.xml"]
        return (bench, try bench.run(arguments + Stream.selected))
    }
}
