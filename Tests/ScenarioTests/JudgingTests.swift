import Acts
import Glibc
import Engine
import Lab
import Linux
import Netlink
import SockDiag
import Packets
import Record
import Synchronization
import Testing
import Worker

/// What is judged again, what the harness holds against itself, and what nothing excuses.
@Suite("Judging", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct JudgingTests {
    private func scenario(
        relayed: Bool = false, restsOnPaths: Bool = false, _ run: @escaping @Sendable (Lab) throws -> Void
    ) -> Scenario {
        Scenario(
            "test.judging", claim: "A claim.", cites: [], link: relayed ? .relay : .direct, restsOnPaths: restsOnPaths,
            steps: [], run: run)
    }

    @Test("What is expected exactly is judged again when the scenario next acts")
    func exactUntilNextAct() async throws {
        let outcome = try await Attempts.run(
            scenario(relayed: true) { lab in
                let pair = try lab.connectedPair()
                let place = lab.wire.log.count
                // B sends by itself, behind the scenario's back, after the first look has found nothing.
                let late = try pair.server.begin(.send("late"))
                _ = late
                try lab.expect("<RST", carried: 0, since: place)
                try lab.expect("<DATA", carried: 0, since: place)
                _ = try late.answer()
                lab.expect(try pair.client.ask(.recv(100)), reads: "late")
            }, timeout: .seconds(5))
        #expect(outcome.finished.verdict == .failed, "\(outcome.words)")
        #expect(outcome.finished.reason?.hasPrefix("expected the wire carries 0 × <DATA; seen 1 of") == true)
        #expect(outcome.failures.count == 1)
    }

    @Test("A reset that nothing was expected of breaks the attempt")
    func unexpectedReset() async throws {
        let outcome = try await Attempts.run(
            scenario(relayed: true) { lab in
                let pair = try lab.connectedPair()
                try pair.client.setLinger(seconds: 0)
                try pair.client.close()
                try lab.requireGone(pair.server)
            }, timeout: .seconds(5))
        #expect(outcome.finished.verdict == .failed, "\(outcome.words)")
        #expect(
            outcome.finished.reason
                == "expected no reset but those that something was expected of; seen RST/ACK> seq=1 ack=1")
    }

    @Test("A claim that rests on paths is skipped without the tracepoint; another is not")
    func unjudgedClaim() async throws {
        for restsOnPaths in [true, false] {
            let outcome = try await Attempts.run(
                scenario(restsOnPaths: restsOnPaths) { lab in
                    let pair = try lab.connectedPair()
                    try lab.expect(pair.client, passes: .CLOSE, .SYN_SENT, .ESTABLISHED)
                }, timeout: .seconds(5)
            ) { $0.trace = nil }
            #expect(outcome.finished.verdict == (restsOnPaths ? .skipped : .passed), "\(outcome.words)")
            if restsOnPaths {
                #expect(
                    outcome.finished.reason
                        == "the claim was not judged: there is no tracepoint (client passes CLOSE>SYN_SENT>ESTABLISHED)"
                )
            }
            let unjudged = outcome.events.filter {
                if case .check(let check) = $0 { check.status == .unjudged } else { false }
            }
            #expect(unjudged.count == 1)
        }
    }

    @Test("A laboratory that was stopped suspects itself, of what came later alone", arguments: [true, false])
    func stoppedLaboratory(_ isBefore: Bool) async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                _ = try lab.connectedPair()
                if isBefore { usleep(300_000) }
                lab.expect("the impossible", false, seen: "nothing", witnesses: [])
                if !isBefore { usleep(300_000) }
                try lab.pass(.milliseconds(1))
                if isBefore { lab.expect("the impossible", false, seen: "nothing again", witnesses: []) }
            }, timeout: .seconds(5))
        // What was seen before the loop could notice is seen before the delay is over, and after it began.
        #expect(outcome.events.contains { if case .suspicion = $0 { true } else { false } })
        if isBefore {
            #expect(outcome.finished.verdict == .error, "\(outcome.words)")
            #expect(outcome.finished.reason?.hasPrefix("the harness did not get to run for 0.3") == true)
        } else if outcome.finished.verdict == .error {
            // Only a machine that was slow before may say so here.
            #expect(outcome.finished.reason?.contains("expected the impossible") == true)
        } else {
            #expect(outcome.finished.verdict == .failed, "\(outcome.words)")
        }
    }

    /// Half a TIME_WAIT is told as half of one, not as one that was gone when it was looked for at its end.
    @Test("A timer that ends early is told with when it ended")
    func earlyEnd() async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                let pair = try lab.connectedPair()
                let began = Instant.now
                try pair.client.shutdown(.SHUT_WR)
                try lab.require(pair.client, shows: .row(.FIN_WAIT2, .owned, timer: .off))
                try pair.server.close()
                try lab.require(pair.client, shows: .row(.TIME_WAIT, .minisock, timer: .timewait))
                guard let row = try lab.a.rows().first(where: \.isMinisock) else { return }
                let namespace = lab.a.namespace
                try startThread {
                    usleep(1_000_000)
                    try? namespace.inside { try SocketDiagnostics().destroy(row) }
                }
                try lab.expectVanish(row, called: "client", on: lab.a, since: began, after: .seconds(6))
            }, timeout: .seconds(10))
        let failure = outcome.failures.first { $0.expected.hasPrefix("client vanishes 6.0") }
        #expect(failure?.seen.hasPrefix("gone after 1.") == true || outcome.isSuspicious, "\(outcome.words)")
    }

    @Test("A process that somebody else kills or stops is no fault of the kernel", arguments: [SIGKILL, SIGSTOP])
    func disturbedWorker(_ signal: Int32) async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                let pair = try lab.connectedPair()
                let pid = pair.server.process.pid
                Glibc.kill(pid, signal)
                if signal == SIGKILL {
                    try lab.require(pair.client, shows: .row(.FIN_WAIT1))
                } else {
                    lab.expect(try pair.server.ask(.recv(100, .MSG_DONTWAIT)), fails: .EAGAIN)
                }
            }, timeout: .seconds(2))
        #expect(outcome.finished.verdict == .error, "\(outcome.words)")
        let words = "was \(signal == SIGKILL ? "killed" : "stopped") by something outside the harness"
        #expect(outcome.finished.reason?.contains("process B.p \(words)") == true, "\(outcome.words)")
    }

    @Test("A failure stays one when the attempt is given up")
    func givenUpAfterFailure() async throws {
        let testBed = try TestBed.shared.get()
        let hanging = scenario { lab in
            lab.expect("the impossible", false, seen: "nothing", witnesses: [])
            usleep(4_000_000)
        }
        let finished = try await testBed.onThread {
            let seen = Mutex<[Finished]>([])
            let scheduler = try Scheduler(
                configuration: testBed.configuration(timeout: .milliseconds(100)), grace: .zero
            ) { events in for case .finished(let one) in events { seen.withLock { $0.append(one) } } }
            try scheduler.run(Scheduler.Plan(scenarios: [hanging]))
            return seen.withLock { $0 }
        }
        #expect(finished.map(\.verdict) == [.failed])
    }

    @Test("An attempt that the machine was too slow for is tried again, twice at most; a failure is not")
    func triedAgain() async throws {
        let testBed = try TestBed.shared.get()
        func tries(_ slow: Int) async throws -> (runs: Int, finished: [Finished]) {
            let count = Counter()
            let scenario = scenario { lab in
                let isSlow = count.next() <= slow
                let pair = try lab.connectedPair()
                if isSlow {
                    Glibc.kill(pair.server.process.pid, SIGKILL)
                    try lab.require(pair.server, shows: .row(.LISTEN), within: .milliseconds(200))
                }
            }
            let finished = try await testBed.onThread {
                let seen = Mutex<[Finished]>([])
                let scheduler = try Scheduler(configuration: testBed.configuration(timeout: .seconds(2))) { events in
                    for case .finished(let one) in events { seen.withLock { $0.append(one) } }
                }
                try scheduler.run(Scheduler.Plan(scenarios: [scenario]))
                return seen.withLock { $0 }
            }
            return (count.value, finished)
        }
        let once = try await tries(1)
        #expect(once.runs == 2)
        #expect(once.finished.map(\.verdict) == [.error, .passed])
        #expect(once.finished.map(\.isTriedAgain) == [true, nil])
        #expect(once.finished.map(\.attempt.again) == [nil, 1])
        let always = try await tries(.max)
        #expect(always.runs == 3)
        #expect(always.finished.map(\.isTriedAgain) == [true, true, nil])
    }

    @Test("A segment that never came ends its scenario alone, and a bad pattern is told")
    func nothingTraps() async throws {
        let missing = try await Attempts.run(
            scenario(relayed: true) { lab in
                let rule = try lab.wire.hold("RST>")
                _ = try lab.connectedPair()
                _ = try rule.met[0]
            }, timeout: .seconds(2))
        #expect(missing.finished.verdict == .failed, "\(missing.words)")
        #expect(missing.finished.reason == "expected the wire meets 1 × RST>; seen 0")
        let bad = try await Attempts.run(
            scenario(relayed: true) { lab in
                _ = try lab.connectedPair()
                try lab.expect("<NONSENSE", carried: 0)
            }, timeout: .seconds(2))
        #expect(bad.finished.verdict == .error, "\(bad.words)")
        #expect(bad.finished.reason?.contains("no segment is called \"NONSENSE\"") == true)
    }
}
