package import Record

/// How a scenario came to its end.
package enum Ending: Sendable, Equatable {
    /// By its last line, or by a required expectation that was broken.
    case ran
    /// The kernel or the machine lacks what it is about.
    case skipped(String)
    /// Something of the harness's own went wrong.
    case error(String)
    /// The harness was too late, or its own call too slow, to see what the scenario is about.
    case tooLate(String)
    /// It was given up.
    case givenUp(String)
}

/// What an attempt came to.
package struct Judgement: Sendable, Equatable {
    package var verdict: Verdict
    /// Nil when it passed.
    package var reason: String?
    /// Whether it is an error of the moment, which another attempt with nothing beside it may well do without.
    ///
    /// Never so for what failed: a failure is not tried away.
    package var mayPassAlone: Bool

    package init(verdict: Verdict, reason: String? = nil, mayPassAlone: Bool = false) {
        self.verdict = verdict
        self.reason = reason
        self.mayPassAlone = mayPassAlone
    }
}

/// Everything that is known of an attempt when it is judged.
package struct Evidence: Sendable, Equatable {
    /// In the order in which they were judged; one that was broken later stands where it was broken.
    package private(set) var findings: [Finding] = []
    package private(set) var suspicions: [Suspicion] = []

    package init() {}

    package mutating func add(_ finding: Finding) { findings.append(finding) }
    package mutating func add(_ suspicion: Suspicion) { suspicions.append(suspicion) }

    /// Takes back an expectation that was met at first, because it has been broken since.
    package mutating func revise(_ expectation: Expectation, to status: Status) {
        if let place = findings.lastIndex(where: { $0.expectation == expectation }) { findings.remove(at: place) }
        findings.append(Finding(expectation, status))
    }

    /// The first expectation that was broken, in words.
    package var firstBroken: String? { findings.lazy.compactMap(\.brokenWords).first }
}

extension Finding {
    /// `expected ...; seen ...`; nil when it is not broken.
    package var brokenWords: String? {
        guard case .broken(let seen, _) = status else { return nil }
        return "expected \(expectation.words); seen \(seen)"
    }
}

/// The one place that decides. In this order:
///
/// 1. What is broken and no suspicion can explain is a failure, whatever came after it.
/// 2. What is broken and a suspicion can explain is an error that says the suspicion first.
/// 3. An attempt that went wrong is an error, one that was skipped is skipped.
/// 4. A harness that lost something, or lost a process, has seen nothing that counts.
/// 5. An attempt in which nothing was expected is an error.
/// 6. An attempt whose claim rests on what could not be judged is skipped.
/// 7. What is left has passed.
package func judge(_ evidence: Evidence, ending: Ending) -> Judgement {
    if let judgement = judgeBroken(evidence) { return judgement }
    switch ending {
    case .ran: break
    case .skipped(let reason): return Judgement(verdict: .skipped, reason: reason)
    case .error(let reason):
        // What went wrong may be the consequence of what we hold against ourselves.
        guard let suspicion = evidence.suspicions.first else { return Judgement(verdict: .error, reason: reason) }
        return Judgement(
            verdict: .error, reason: "\(suspicion.words); then \(reason)", mayPassAlone: suspicion.kind.mayPass)
    case .tooLate(let reason): return Judgement(verdict: .error, reason: reason, mayPassAlone: true)
    case .givenUp(let reason):
        let suspicion = evidence.suspicions.first.map { "\($0.words); then it " } ?? ""
        return Judgement(verdict: .error, reason: suspicion + reason)
    }
    if let suspicion = evidence.suspicions.first(where: \.kind.voidsEverything) {
        return Judgement(verdict: .error, reason: suspicion.words, mayPassAlone: suspicion.kind.mayPass)
    }
    let judged = evidence.findings.count { if case .unjudged = $0.status { false } else { true } }
    for finding in evidence.findings where finding.expectation.carriesClaim {
        guard case .unjudged(let reason) = finding.status else { continue }
        return Judgement(
            verdict: .skipped, reason: "the claim was not judged: \(reason) (\(finding.expectation.words))")
    }
    if judged == 0 {
        guard let unjudged = evidence.findings.first else {
            return Judgement(verdict: .error, reason: "the scenario expected nothing")
        }
        return Judgement(verdict: .skipped, reason: "nothing was judged: \(unjudged.status.words)")
    }
    return Judgement(verdict: .passed)
}

/// The first two rules; nil when nothing is broken.
private func judgeBroken(_ evidence: Evidence) -> Judgement? {
    var explained: (finding: String, suspicion: Suspicion)?
    for finding in evidence.findings {
        guard case .broken(_, let instant) = finding.status, let words = finding.brokenWords else { continue }
        let suspicion = evidence.suspicions.first { $0.canExplain(seenAt: instant) }
        guard finding.expectation.canBeDisturbed, let suspicion else {
            return Judgement(verdict: .failed, reason: words)
        }
        if explained == nil { explained = (words, suspicion) }
    }
    return explained.map {
        Judgement(
            verdict: .error, reason: "\($0.suspicion.words); then \($0.finding)",
            mayPassAlone: $0.suspicion.kind.mayPass)
    }
}

/// An attempt in view of another at the same scenario over another link, with which it disagrees.
///
/// A failure stays one: that the other attempt passed is told, and does not make it good. What has passed is an error.
package func judge(_ judgement: Judgement, disagreement: String?) -> Judgement {
    guard let disagreement else { return judgement }
    switch judgement.verdict {
    case .passed: return Judgement(verdict: .error, reason: disagreement)
    case .failed:
        return Judgement(verdict: .failed, reason: (judgement.reason.map { "\($0); " } ?? "") + disagreement)
    case .error, .skipped: return judgement
    }
}
