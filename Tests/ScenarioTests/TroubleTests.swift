import Acts
import Glibc
import Engine
import Lab
import Linux
import Record
import Synchronization
import Testing
import Worker

/// What the harness says when it cannot tell, or when something of its own goes wrong.
@Suite("Trouble", .enabled(if: isRoot, "needs root: laboratories are namespaces"))
struct TroubleTests {
    private func scenario(ipv6: Bool = false, _ run: @escaping @Sendable (Lab) throws -> Void) -> Scenario {
        Scenario("test.trouble", claim: "A claim.", cites: [], link: .direct, ipv6: ipv6, steps: [], run: run)
    }

    @Test("Witnesses that disagree are an error, neither pass nor failure")
    func disagreement() async throws {
        let deaf = try TestBed.shared.get().deafTrace
        let outcome = try await Attempts.run(
            scenario(ipv6: true) { lab in _ = try lab.connectedPair(v6: true) }, timeout: .seconds(2)
        ) { $0.trace = deaf }
        #expect(outcome.finished.verdict == .error)
        #expect(
            outcome.finished.reason
                == "witnesses disagree on server: netlink shows ESTABLISHED, the tracepoint nothing")
    }

    @Test("A worker that dies in a call is what was seen, and what came before is kept")
    func deadWorker() async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                let pair = try lab.connectedPair()
                try pair.client.send("hello")
                lab.expect(try pair.server.ask(.recv(100)), reads: "hello")
                lab.expect(try pair.server.ask(.recv(100)), returns: 0)
            }, timeout: .seconds(2)
        ) {
            $0.faults = .call { host, request in
                if host == .b, case .receive = request { .raise(SIGKILL) } else { nil }
            }
        }
        #expect(outcome.finished.verdict == .failed, "\(outcome.words)")
        #expect(
            outcome.finished.reason
                == "expected raise(SIGKILL) on server reads \"hello\"; seen killed by SIGKILL")
        #expect(outcome.exits == ["B.p SIGKILL"])
        #expect(outcome.segments.prefix(4) == ["S", "S.", ".", "P."])
    }

    @Test("A worker that is gone before it is asked is an error")
    func missedWorker() async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                try lab.b.process().exit(7)
                _ = try lab.b.socket("late")
            }, timeout: .seconds(2))
        #expect(outcome.finished.verdict == .error)
        #expect(outcome.finished.reason == "process B.p has ended: exit 7")
        #expect(outcome.exits == ["B.p exit 7"])
    }

    @Test("A worker that hangs in a call is told with the call, which stays in the record without a result")
    func hangingWorker() async throws {
        let outcome = try await Attempts.run(
            scenario { lab in
                let pair = try lab.connectedPair()
                lab.expect(try pair.server.ask(.recv(100)), returns: 0)
            }, timeout: .seconds(1)
        ) {
            $0.faults = .call { _, request in
                if case .receive = request { .raise(SIGSTOP) } else { nil }
            }
        }
        #expect(outcome.finished.verdict == .failed)
        #expect(
            outcome.finished.reason == "expected raise(SIGSTOP) on server returns; seen still blocked after 1.0 s")
        let unanswered = outcome.events.compactMap { event -> String? in
            if case .call(let call) = event, call.result == nil { call.call } else { nil }
        }
        #expect(unanswered == ["raise"])
        #expect(outcome.segments == ["S", "S.", "."])
    }

    @Test("Without the worker's executable the error names it")
    func missingExecutable() async throws {
        let outcome = try await Attempts.run(scenario { lab in _ = try lab.connectedPair() }, timeout: .seconds(2)) {
            $0.worker = "/nowhere/tcpwitness-worker"
        }
        #expect(outcome.finished.verdict == .error)
        #expect(
            outcome.finished.reason == "start /nowhere/tcpwitness-worker: ENOENT (No such file or directory)")
    }

    @Test("An executable that is no worker is an error")
    func wrongExecutable() async throws {
        let outcome = try await Attempts.run(scenario { lab in _ = try lab.connectedPair() }, timeout: .seconds(2)) {
            $0.worker = "/bin/true"
        }
        #expect(outcome.finished.verdict == .error, "\(outcome.words)")
        #expect(outcome.finished.reason?.contains("B.p") == true, "\(outcome.words)")
    }

    @Test("A scenario that expects nothing has shown nothing")
    func empty() async throws {
        let outcome = try await Attempts.run(scenario { _ in }, timeout: .seconds(2))
        #expect(outcome.finished.verdict == .error)
        #expect(outcome.finished.reason == "the scenario expected nothing")
    }

    @Test("A hung attempt is given up at its deadline, with the facts so far")
    func hungAttempt() async throws {
        let testBed = try TestBed.shared.get()
        let hanging = scenario { lab in
            lab.note("about to hang")
            usleep(4_000_000)
            lab.note("too late")
        }
        let events = try await testBed.onThread {
            let seen = Mutex<[Event]>([])
            let scheduler = try Scheduler(
                configuration: testBed.configuration(timeout: .milliseconds(100)), grace: .zero
            ) { events in seen.withLock { $0 += events } }
            try scheduler.run(Scheduler.Plan(scenarios: [hanging]))
            return seen.withLock { $0 }
        }
        let notes = events.compactMap { if case .note(let note) = $0 { note.text } else { nil } }
        #expect(notes == ["about to hang"])
        guard case .finished(let finished) = events.last else {
            Issue.record("the last event is \(String(describing: events.last))")
            return
        }
        #expect(finished.verdict == .error)
        #expect(finished.reason == "did not finish within 1 s")
    }
}

extension Outcome {
    /// The processes that ended by themselves, and how.
    fileprivate var exits: [String] {
        events.compactMap {
            if case .exit(let exit) = $0 { "\(exit.host).\(exit.process) \(exit.status)" } else { nil }
        }
        .filter { !$0.hasPrefix("A.") }
    }

    /// The flags of every segment, in order.
    fileprivate var segments: [String] {
        events.compactMap { if case .segment(let segment) = $0 { segment.flags } else { nil } }
    }
}
