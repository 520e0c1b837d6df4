import Baselines
import Compare
import Record
import Testing

/// Every aspect in which two runs of one kernel may differ, and what must not count.
@Suite struct DifferenceTests {
    private static let id = "close.ordinary-path"

    /// What differs, as `subject: before -> after`.
    private func differences(
        place: String = "host", _ before: (inout SampleAttempt) -> Void, _ after: (inout SampleAttempt) -> Void
    ) -> [String] {
        let comparison = Comparison(
            [
                ("old", Sample.run("6.12.1", place: place, [.of(Self.id, seen: before)])),
                ("new", Sample.run("6.12.2", place: place, [.of(Self.id, seen: after)])),
            ], knowing: knownChanges)
        return comparison.unexplained.map(\.brief)
    }

    private func verdicts(_ before: SampleAttempt, _ after: SampleAttempt) -> [String] {
        Comparison([("old", Sample.run("6.12.1", [before])), ("new", Sample.run("6.12.2", [after]))], knowing: [])
            .unexplained.map(\.brief)
    }

    @Test func verdictsAndReasons() {
        let failed = SampleAttempt.of(Self.id, .failed, "expected RST; seen FIN")
        #expect(
            verdicts(.of(Self.id), failed) == ["verdict : passed -> failed: expected RST; seen FIN"])
        #expect(
            verdicts(.of(Self.id, .skipped, "no sch_netem"), .of(Self.id, .skipped, "no veth"))
                == ["verdict : skipped: no sch_netem -> skipped: no veth"])
        // A time that a busy machine or a late timer makes longer is no other reason; any other number is.
        #expect(
            verdicts(.of(Self.id, .failed, "seen 2 probes"), .of(Self.id, .failed, "seen 3 probes"))
                == ["verdict : failed: seen 2 probes -> failed: seen 3 probes"])
        #expect(verdicts(.of(Self.id, .failed, "took 59.9 s"), .of(Self.id, .failed, "took 30.1 s")).count == 1)
        #expect(verdicts(.of(Self.id, .failed, "10.0.0.1:40001"), .of(Self.id, .failed, "10.0.0.1:51000")) == [])
        #expect(verdicts(.of(Self.id, .failed, "10.0.0.1:5000"), .of(Self.id, .failed, "10.0.0.1:5001")).count == 1)
        #expect(verdicts(.of(Self.id, .failed, "took 3.05 s"), .of(Self.id, .failed, "took 3.07 s")) == [])
        #expect(verdicts(.of(Self.id, variant: "new"), .of(Self.id)) == ["variant : new -> nil"])
    }

    /// What a run has begun and not finished, as a kernel that dies leaves it, is told; what it never began is not.
    @Test func aVerdictThatIsMissing() {
        let before = Sample.run("6.12.1", [.of(Self.id), .of("a.later")])
        var begun = SampleAttempt(Self.id)
        begun.counters([:])
        let after = Sample.run("6.12.2", [begun], plan: [Self.id, "a.later"], end: nil)
        let comparison = Comparison([("old", before), ("new", after)], knowing: [])
        #expect(comparison.unexplained.map(\.brief) == ["verdict : passed -> no verdict"])
        #expect(comparison.sides[1].caution == "the record is cut off")
        #expect(comparison.steps[0].onlyBefore.map(\.id) == ["a.later"])
    }

    @Test func scenariosOfOneSideOnly() {
        let comparison = Comparison(
            [
                ("old", Sample.run("6.12.1", [.of("a.gone"), .of("a.kept")])),
                ("new", Sample.run("6.12.2", [.of("a.kept"), .of("a.new", .failed, "why")])),
            ], knowing: [])
        #expect(comparison.unexplained.isEmpty)
        #expect(comparison.steps[0].onlyBefore.map(\.id) == ["a.gone"])
        #expect(comparison.steps[0].onlyAfter.map(\.id) == ["a.new"])
    }

    /// What only one of two kernels could show is not compared, and that is said.
    @Test func aScenarioThatWasSkippedIsLeftOut() {
        let before = SampleAttempt.of(Self.id) { $0.call("close", "5", 0) }
        let after = SampleAttempt.of(Self.id, .skipped, "no veth")
        #expect(verdicts(before, after) == [])
        let comparison = Comparison(
            [("old", Sample.run("6.12.1", [before])), ("new", Sample.run("6.12.2", [after]))], knowing: [])
        #expect(comparison.unexplained.isEmpty)
        #expect(comparison.steps[0].scenarios.compactMap(\.skipped).map { $0.contains("no veth") } == [true])
    }

    @Test func statePaths() {
        #expect(
            differences({ $0.path("client", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK") }) {
                $0.path("client", "ESTABLISHED", "CLOSE_WAIT", "CLOSE")
            } == [
                "path client of A: ESTABLISHED > CLOSE_WAIT > LAST_ACK -> ESTABLISHED > CLOSE_WAIT > CLOSE"
            ])
        // Sockets that interleave are told apart by the kernel's numbers, whatever these are.
        #expect(
            differences({
                $0.path("client", kernel: 1, "CLOSE", "SYN_SENT")
                $0.path("server", of: "B", kernel: 2, "LISTEN", "SYN_RECV")
            }) {
                $0.path("server", of: "B", kernel: 1, "LISTEN", "SYN_RECV")
                $0.path("client", kernel: 7, "CLOSE", "SYN_SENT")
            } == [])
    }

    @Test func socketsWithoutANameCountIfTheyAreOurs() {
        let stranger = { (trial: inout SampleAttempt) in
            trial.path("client", "CLOSE", "SYN_SENT")
            trial.path(nil, kernel: 9, local: "172.16.0.1:22", "LISTEN", "SYN_RECV")
        }
        let child = { (trial: inout SampleAttempt) in
            trial.path("client", "CLOSE", "SYN_SENT")
            trial.path(nil, kernel: 9, local: "10.0.0.1:22", "LISTEN", "SYN_RECV")
        }
        #expect(differences({ $0.path("client", "CLOSE", "SYN_SENT") }, stranger) == [])
        #expect(
            differences({ $0.path("client", "CLOSE", "SYN_SENT") }, child)
                == ["path unnamed socket of A: nil -> LISTEN > SYN_RECV"])
    }

    @Test func callResults() {
        #expect(
            differences({ $0.call("send", "5, \"x\", 1", -1, errno: "EPIPE", signals: ["SIGPIPE"]) }) {
                $0.call("send", "6, \"x\", 1", -1, errno: "ECONNRESET")
            } == ["call client of A: send(\"x\", 1) = -1 EPIPE, SIGPIPE -> send(\"x\", 1) = -1 ECONNRESET"])
        #expect(
            differences({ $0.call("recv", "5, 100", nil) }) { $0.call("recv", "5, 100", 0, output: "\"\"") }
                == ["call client of A: recv(100) does not return -> recv(100) = 0, \"\""])
        #expect(
            differences({ $0.call("poll", "5, 0 ms", 4, output: "OUT", process: "child") }) {
                $0.call("poll", "5, 0 ms", 20, output: "OUT|HUP", process: "child")
            } == ["call client of A (child): poll(0 ms) = 4, OUT -> poll(0 ms) = 20, OUT|HUP"])
    }

    @Test func callsWithoutWhatTheKernelChose() {
        #expect(
            differences({
                $0.call("socket", "AF_INET, SOCK_STREAM", 5, socket: nil)
                $0.call("bind", "5, 10.0.0.1:7000", 0)
                $0.call("accept", "5", 6, output: "10.0.0.2:40001")
                $0.call("getsockname", "6", 0, output: "[fd00::1]:40001")
                $0.call("fork", "", 1234, socket: nil)
                $0.call("poll", "5, 0 ms", 0, output: "nothing")
            }) {
                $0.call("socket", "AF_INET, SOCK_STREAM", 7, socket: nil)
                $0.call("bind", "7, 10.9.0.1:7000", 0)
                $0.call("accept", "7", 8, output: "10.9.0.2:50001")
                $0.call("getsockname", "8", 0, output: "[fd00:9::1]:50001")
                $0.call("fork", "", 4321, socket: nil)
                // The harness asked again while it waited.
                for _ in 0..<3 { $0.call("poll", "7, 0 ms", 0, output: "nothing") }
            } == [])
        // A port that the scenario chose is behaviour, and so is the wildcard.
        #expect(
            differences({ $0.call("getsockname", "5", 0, output: "0.0.0.0:5000") }) {
                $0.call("getsockname", "5", 0, output: "10.0.0.1:5000")
            } == ["call client of A: getsockname() = 0, 0.0.0.0:5000 -> getsockname() = 0, address:5000"])
    }

    @Test func endsOfProcesses() {
        #expect(
            differences({ $0.exit("writer", "SIGPIPE") }) { $0.exit("writer", "SIGKILL") }
                == ["call process writer of B: SIGPIPE -> lives on"])
    }

    @Test func segments() {
        #expect(
            differences({
                $0.segment("A", "S", 0, options: ["mss 1460", "ts 1 ecr 0", "wscale 10"], window: 64240)
                $0.segment("B", "S.", 0, ack: 1)
            }) {
                $0.segment("A", "S", 0, options: ["mss 1460", "ts 9 ecr 0", "wscale 7"], window: 65535)
                $0.segment("B", "R.", 0, ack: 1)
            } == ["segment sent by B: S. seq 0 ack 1 -> R. seq 0 ack 1"])
    }

    /// Which of two crossing segments came first, and on which ports, is nobody's behaviour.
    @Test func crossingSegmentsAndConnections() {
        #expect(
            differences({
                $0.segment("A", "F.", 1, ack: 1)
                $0.segment("B", "F.", 1, ack: 1)
                $0.segment("A", "S", 0, ports: (40002, 5000))
            }) {
                $0.segment("B", "F.", 1, ack: 1, ports: (50000, 5000))
                $0.segment("A", "F.", 1, ack: 1, fate: .held, ports: (50000, 5000))
                $0.segment("A", "F.", 1, ack: 1, fate: .released, ports: (50000, 5000))
                $0.segment("A", "S", 0, ports: (50002, 5000))
                $0.segment("B", "S.", 7, ack: 1, fate: .injected, ports: (50002, 5000))
            } == [])
    }

    @Test func retransmissionsCountOnlyInVirtualTime() {
        let once = { (trial: inout SampleAttempt) in
            trial.segment("A", "P.", 1, ack: 1, length: 5)
            trial.segment("B", ".", 1, ack: 6)
            trial.counters(["ActiveOpens": 1])
        }
        let twice = { (trial: inout SampleAttempt) in
            for _ in 0..<2 { trial.segment("A", "P.", 1, ack: 1, length: 5) }
            trial.segment("B", ".", 1, ack: 6)
            trial.segment("B", ".", 1, ack: 6, options: ["sack 1:6"])
            trial.packet("tcp_retransmit_skb", state: "ESTABLISHED")
            trial.counters(["ActiveOpens": 1, "RetransSegs": 1, "TCPTimeouts": 1])
        }
        #expect(differences(once, twice) == [])
        #expect(
            differences(place: "guest (TCG, virtual time)", once, twice) == [
                "segment sent by A: P. seq 1 ack 1 length 5 -> P. seq 1 ack 1 length 5 ×2",
                "segment sent by B: nil -> . seq 1 ack 6 <sack>",
                "packet tcp_retransmit_skb on A: nil -> in ESTABLISHED",
                "counter RetransSegs of A: 0 -> 1", "counter TCPTimeouts of A: 0 -> 1",
            ])
    }

    @Test func aNeedlessACKCountsWhereNothingWasRepeated() {
        #expect(
            differences({ $0.segment("B", ".", 1, ack: 6) }) {
                for _ in 0..<2 { $0.segment("B", ".", 1, ack: 6) }
            } == ["segment sent by B: . seq 1 ack 6 -> . seq 1 ack 6 ×2"])
    }

    @Test func longDifferencesAreCutInTheMiddle() {
        let found = differences({ $0.segment("A", "S", 0) }) { trial in
            for number in 0..<20 { trial.segment("A", ".", UInt32(number), ack: 1) }
        }
        #expect(found.count == 1)
        #expect(found[0].contains("; ... 8 more ...; "))
    }

    @Test func tracedPackets() {
        #expect(
            differences({ $0.packet("tcp_send_reset", on: "B", reason: "NO_SOCKET") }) {
                $0.packet("tcp_send_reset", on: "B", state: "CLOSE", reason: "TCP_ABORT_ON_DATA")
            } == [
                "packet tcp_send_reset on B: without a socket, NO_SOCKET -> in CLOSE, TCP_ABORT_ON_DATA"
            ])
    }

    @Test func counters() {
        #expect(
            differences(
                place: "guest, virtual time", { $0.counters(["TW": 1, "TCPHPHits": 3, "InSegs": 9], of: "B") }
            ) {
                $0.counters(["EstabResets": 1, "TCPPureAcks": 8], of: "B")
            } == [
                "counter EstabResets of B: 0 -> 1", "counter InSegs of B: 9 -> 0", "counter TCPPureAcks of B: 0 -> 8",
                "counter TW of B: 1 -> 0",
            ])
        // They go on until the laboratory goes away, which on a real clock is sooner or later.
        #expect(
            differences({ $0.counters(["TW": 1, "InSegs": 9, "TCPKeepAlive": 3]) }) {
                $0.counters(["InSegs": 10, "TCPKeepAlive": 4])
            } == ["counter TW of A: 1 -> 0"])
    }

    @Test func measurements() {
        #expect(
            differences({
                $0.measure("lifetime", 60, tolerance: 2)
                $0.measure("delay", 1, tolerance: 0.1)
                $0.measure("gone", 1)
            }) {
                $0.measure("lifetime", 30.5, tolerance: 2)
                $0.measure("delay", 1.09, tolerance: 0.1)
            } == ["measurement gone: 1 s -> nil", "measurement lifetime: 60 s -> 30.5 s"])
    }

    /// What a link loses is chance, which the scenario says of itself: how connections begin and are reset is not.
    @Test func whatIsLeftToChance() {
        func run(_ seen: (inout SampleAttempt) -> Void) -> RunRecord {
            Sample.run("6.12.1", place: "guest, virtual time", chance: .loss, [.of(Self.id, seen: seen)])
        }
        func lossy(_ before: (inout SampleAttempt) -> Void, _ after: (inout SampleAttempt) -> Void) -> [String] {
            Comparison([("old", run(before)), ("new", run(after))], knowing: []).unexplained.map(\.brief)
        }
        let once = { (trial: inout SampleAttempt) in
            trial.measure("retransmissions", 18, "segments", never: "they are chance")
            trial.call("recv", "5, 65536", 3000, output: "\"aaa\"...")
            trial.call("recv", "5, 65536", 0)
            trial.segment("A", "S", 0)
            trial.segment("A", "P.", 1, ack: 1, length: 1448)
            trial.packet("tcp_retransmit_skb", state: "ESTABLISHED")
            trial.counters(["TCPFastRetrans": 3, "TCPSackMerged": 1, "InSegs": 20])
        }
        let again = { (trial: inout SampleAttempt) in
            trial.measure("retransmissions", 20, "segments", never: "they are chance")
            for size in [1000, 2000] as [Int64] { trial.call("recv", "5, 65536", size, output: "\"aa\"...") }
            trial.call("recv", "5, 65536", 0)
            for _ in 0..<2 { trial.segment("A", "S", 0) }
            for _ in 0..<2 { trial.segment("A", ".", 1, ack: 1, length: 1000) }
            trial.counters(["TCPFastRetrans": 4, "TCPSackMerged": 2, "InSegs": 21])
        }
        #expect(lossy(once, again) == [])
        #expect(
            lossy(once) {
                again(&$0)
                $0.segment("B", "R", 1)
                $0.counters(["TCPFastRetrans": 4, "TCPSackMerged": 2, "InSegs": 21, "OutRsts": 1])
                $0.packet("tcp_send_reset", on: "B", state: "ESTABLISHED", reason: "TCP_STATE")
            } == [
                "segment sent by B: nil -> R seq 1",
                "packet tcp_send_reset on B: nil -> in ESTABLISHED, TCP_STATE", "counter OutRsts of A: 0 -> 1",
            ])
        #expect(
            lossy(once) { $0.call("recv", "5, 65536", 2999, output: "\"aa\"...") }.contains { $0.hasPrefix("call") })
    }

    @Test func whatAScenarioTookBack() {
        #expect(
            differences({ $0.path("a", "CLOSE", "SYN_SENT", "ESTABLISHED") }) {
                $0.path("a", kernel: 1, "CLOSE", "SYN_SENT", "CLOSE")
                $0.segment("A", "R", 1)
                $0.note("the SYNs did not cross", voidsSince: 0)
                $0.path("a", kernel: 2, "CLOSE", "SYN_SENT", "ESTABLISHED")
            } == [])
    }

    /// What goes on by itself after the last look is there or not, as the laboratory stood a little longer or not.
    @Test func whatComesAfterTheLastLook() {
        let short = { (trial: inout SampleAttempt) in
            trial.path("a", "ESTABLISHED", "FIN_WAIT1")
            trial.segment("A", "F.", 1, ack: 1)
            trial.look()
            trial.counters(["InSegs": 1])
        }
        let long = { (trial: inout SampleAttempt) in
            trial.path("a", "ESTABLISHED", "FIN_WAIT1")
            trial.segment("A", "F.", 1, ack: 1)
            trial.look()
            trial.segment("B", ".", 1, ack: 2)
            trial.path("a", "FIN_WAIT1", "FIN_WAIT2")
            trial.counters(["InSegs": 2])
        }
        let before = { (trial: inout SampleAttempt) in
            trial.path("a", "ESTABLISHED", "FIN_WAIT1")
            trial.segment("A", "F.", 1, ack: 1)
            trial.segment("B", ".", 1, ack: 2)
            trial.path("a", "FIN_WAIT1", "FIN_WAIT2")
            trial.look()
            trial.counters(["InSegs": 2])
        }
        #expect(differences(short, long) == [])
        #expect(differences(long, short) == [])
        #expect(differences(long, before) == [])
        // In virtual time it is always the same, and what came before the last look in both is compared everywhere.
        #expect(differences(place: "guest, virtual time", short, long).count == 3)
        #expect(
            differences(before, short) == [
                "path a of A: ESTABLISHED > FIN_WAIT1 > FIN_WAIT2 -> ESTABLISHED > FIN_WAIT1",
                "segment sent by B: . seq 1 ack 2 -> nil",
            ])
    }

    /// What one of two could not look at is told as that, and is no change.
    @Test func whatOnlyOneLookedAt() {
        let skipped = SampleAttempt.of(Self.id, .skipped, "concerns the whole machine")
        let comparison = Comparison(
            [("old", Sample.run("6.12.1", [skipped])), ("new", Sample.run("6.12.2", [.of(Self.id)]))], knowing: [])
        #expect(comparison.unexplained == [])
        #expect(comparison.text().contains("left out: \(Self.id): old: skipped: concerns the whole machine\n"))
        #expect(comparison.text().contains("no differences in 0 scenarios\n"))
        #expect(
            verdicts(skipped, .of(Self.id, .failed, "why")) == [
                "verdict : skipped: concerns the whole machine -> failed: why"
            ])
    }

    /// Descriptors are each run's own, also those of calls that no socket of the scenario makes.
    @Test func descriptors() {
        func shutdown(_ descriptor: Int, _ how: Int) -> (inout SampleAttempt) -> Void {
            { $0.call("shutdown", "\(descriptor), \(how)", -1, errno: "EINVAL", socket: nil) }
        }
        #expect(differences(shutdown(5, 3), shutdown(6, 3)) == [])
        #expect(differences(shutdown(5, 3), shutdown(5, 4)).count == 1)
        #expect(differences(shutdown(5, 3), shutdown(-1, 3)).count == 1)
    }

    @Test func flips() {
        let run = Sample.run(
            "6.12.1",
            [
                .of(Self.id, variant: "one"), .of(Self.id, number: 2, variant: "other"),
                .of(Self.id, number: 3, .failed, "why"), .of(Self.id, number: 4, variant: "one"),
            ])
        let comparison = Comparison([("old", run), ("new", run)], knowing: [])
        #expect(comparison.unexplained == [])
        #expect(
            comparison.flips.filter { $0.record == "old" }.map { "\($0.attempt) \($0.first) \($0.later)" }
                == ["2 one other", "3 passed failed: why"])
    }

    @Test(arguments: [
        ("6.12.48+deb13-amd64", KernelVersion(6, 12, 48)), ("5.10.0-35-amd64", KernelVersion(5, 10)),
        ("7.2-rc3", KernelVersion(7, 2)), ("linux", nil), ("6", nil),
    ])
    func kernelVersions(_ release: String, _ version: KernelVersion?) {
        #expect(KernelVersion(release: release) == version)
    }
}

extension Difference {
    var brief: String { "\(aspect.rawValue) \(subject): \(before ?? "nil") -> \(after ?? "nil")" }
}
