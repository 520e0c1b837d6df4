import Judge
import struct Judge.Expectation
import Record
import Testing

// The testing library has one of its own.
private typealias Expectation = Judge.Expectation

/// The rules by which every verdict is reached, each with what it must not be taken for.
@Suite("The judge") struct JudgeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var findings: [Finding] = [.met]
        var suspicions: [Suspicion] = []
        var ending = Ending.ran
        let verdict: Verdict
        var reason: String?
        var mayPassAlone = false

        var testDescription: String { name }
    }

    static let late = Suspicion(.late, "the relay kept it for 1.2 s", began: 10, noticed: 20)
    private static let killed = Suspicion(.workerEnded, "process A.p ended", began: 10, noticed: 20)
    private static let lost = Suspicion(.lost, "3 frames were lost", began: 0, noticed: 20)
    private static let fault = "expected a FIN; seen a reset"

    static let cases: [Case] = [
        Case(name: "what was expected was seen", verdict: .passed),
        Case(name: "nothing was expected", findings: [], verdict: .error, reason: "the scenario expected nothing"),
        Case(name: "an expectation was broken", findings: [.met, .broken(at: 5)], verdict: .failed, reason: fault),
        Case(
            name: "the first of two broken ones is told", findings: [.broken(at: 5), .broken("an ACK", at: 3)],
            verdict: .failed, reason: fault),

        // A failure outranks whatever comes later.
        Case(
            name: "an error after a failure", findings: [.broken(at: 5)], ending: .error("worker hung"),
            verdict: .failed, reason: fault),
        Case(
            name: "a skip after a failure", findings: [.broken(at: 5)], ending: .skipped("no netem"),
            verdict: .failed, reason: fault),
        Case(
            name: "no more time after a failure", findings: [.broken(at: 5)], ending: .givenUp("did not finish"),
            verdict: .failed, reason: fault),
        Case(
            name: "too late after a failure", findings: [.broken(at: 5)], ending: .tooLate("no look in time"),
            verdict: .failed, reason: fault),
        Case(
            name: "an unjudged claim after a failure", findings: [.broken(at: 5), .unjudged(claim: true)],
            verdict: .failed, reason: fault),

        // The harness suspects itself first, of what can be the cause.
        Case(
            name: "lateness that began before", findings: [.broken(at: 11)], suspicions: [late], verdict: .error,
            reason: "the relay kept it for 1.2 s; then \(fault)", mayPassAlone: true),
        Case(
            name: "lateness that began later explains nothing", findings: [.broken(at: 10)], suspicions: [late],
            verdict: .failed, reason: fault),
        Case(
            name: "lateness that began between two explains the second alone",
            findings: [.broken(at: 5), .broken("an ACK", at: 30)], suspicions: [late], verdict: .failed, reason: fault),
        Case(
            name: "what was seen first counts, whenever it was told",
            findings: [.broken("an ACK", at: 30), .broken(at: 5)], suspicions: [late], verdict: .failed, reason: fault),
        Case(
            name: "a process killed before", findings: [.broken(at: 11)], suspicions: [killed], verdict: .error,
            reason: "process A.p ended; then \(fault)", mayPassAlone: true),
        Case(
            name: "a process killed later explains nothing", findings: [.broken(at: 9)], suspicions: [killed],
            verdict: .failed, reason: fault),
        Case(
            name: "what was lost may have been lost at any time", findings: [.broken(at: 1)], suspicions: [lost],
            verdict: .error, reason: "3 frames were lost; then \(fault)", mayPassAlone: true),
        Case(
            name: "a kernel that warns has warned, however late we were", findings: [.warning(at: 30)],
            suspicions: [late, lost], verdict: .failed, reason: "expected no warning of the kernel; seen WARN"),
        Case(
            name: "a warning after what lateness explains", findings: [.broken(at: 30), .warning(at: 31)],
            suspicions: [late], verdict: .failed, reason: "expected no warning of the kernel; seen WARN"),

        // Suspicion without a failure.
        Case(name: "late, and yet everything was as expected", suspicions: [late], verdict: .passed),
        Case(
            name: "stopped, and yet everything was as expected",
            suspicions: [Suspicion(.workerStopped, "stopped", began: 1, noticed: 2)], verdict: .passed),
        Case(
            name: "lost frames", suspicions: [lost], verdict: .error, reason: "3 frames were lost", mayPassAlone: true),
        Case(
            name: "a killed process", suspicions: [killed], verdict: .error, reason: "process A.p ended",
            mayPassAlone: true),

        // How it ended.
        Case(name: "an error", ending: .error("worker hung"), verdict: .error, reason: "worker hung"),
        Case(
            name: "an error that comes of a killed process", suspicions: [killed], ending: .error("no answer"),
            verdict: .error, reason: "process A.p ended; then no answer", mayPassAlone: true),
        Case(
            name: "too late", ending: .tooLate("no look in time"), verdict: .error, reason: "no look in time",
            mayPassAlone: true),
        Case(
            name: "given up", findings: [], ending: .givenUp("did not finish"), verdict: .error,
            reason: "did not finish"),
        Case(name: "skipped", findings: [], ending: .skipped("no netem"), verdict: .skipped, reason: "no netem"),

        // A claim needs its witness.
        Case(name: "something beside the claim was not judged", findings: [.met, .unjudged()], verdict: .passed),
        Case(
            name: "the claim was not judged", findings: [.met, .unjudged(claim: true)], verdict: .skipped,
            reason: "the claim was not judged: no tracepoint (A passes CLOSING)"),
        Case(
            name: "nothing was judged", findings: [.unjudged()], verdict: .skipped,
            reason: "nothing was judged: no tracepoint"),
        Case(
            name: "lost frames outrank an unjudged claim", findings: [.met, .unjudged(claim: true)],
            suspicions: [lost], verdict: .error, reason: "3 frames were lost", mayPassAlone: true),
    ]

    @Test("Every rule", arguments: cases)
    func rule(_ one: Case) {
        var evidence = Evidence()
        for finding in one.findings { evidence.add(finding) }
        for suspicion in one.suspicions { evidence.add(suspicion) }
        #expect(
            judge(evidence, ending: one.ending)
                == Judgement(verdict: one.verdict, reason: one.reason, mayPassAlone: one.mayPassAlone))
    }

    @Test("A failure without suspicion is never one to try again", arguments: cases)
    func failuresStay(_ one: Case) {
        if one.verdict == .failed { #expect(!one.mayPassAlone) }
    }

    @Test("What was met and is broken later counts once, where it was broken")
    func revision() {
        var evidence = Evidence()
        evidence.add(.met)
        evidence.add(Finding(Finding.met.expectation, .met(seen: "a FIN")))
        evidence.revise(Finding.met.expectation, to: .broken(seen: "a second FIN", at: 9))
        #expect(evidence.findings.count == 2)
        #expect(judge(evidence, ending: .ran).reason == "expected a FIN; seen a second FIN")
    }

    @Test(
        "Links that disagree: what passed is an error, what failed stays failed",
        arguments: [
            (Judgement(verdict: .passed), Judgement(verdict: .error, reason: "they disagree")),
            (
                Judgement(verdict: .failed, reason: fault),
                Judgement(verdict: .failed, reason: "\(fault); they disagree")
            ),
            (Judgement(verdict: .error, reason: "lost"), Judgement(verdict: .error, reason: "lost")),
            (Judgement(verdict: .skipped, reason: "no netem"), Judgement(verdict: .skipped, reason: "no netem")),
        ])
    func disagreement(_ before: Judgement, _ after: Judgement) {
        #expect(judge(before, disagreement: "they disagree") == after)
        #expect(judge(before, disagreement: nil) == before)
    }
}

extension Finding {
    fileprivate static let met = Finding(expectation("a FIN"), .met(seen: "a FIN"))

    fileprivate static func broken(_ words: String = "a FIN", at instant: Int64) -> Finding {
        Finding(expectation(words), .broken(seen: "a reset", at: instant))
    }

    fileprivate static func warning(at instant: Int64) -> Finding {
        Finding(
            Judge.Expectation(
                "no warning of the kernel", exactness: .always, location: "Health.swift:1", witnesses: ["kmsg"],
                canBeDisturbed: false), .broken(seen: "WARN", at: instant))
    }

    fileprivate static func unjudged(claim: Bool = false) -> Finding {
        Finding(
            Judge.Expectation("A passes CLOSING", location: "A.swift:2", witnesses: ["trace"], carriesClaim: claim),
            .unjudged(reason: "no tracepoint"))
    }

    private static func expectation(_ words: String) -> Judge.Expectation {
        Judge.Expectation(words, location: "A.swift:1", witnesses: ["segments"])
    }
}
