#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
package import Record

/// What many kernels showed of the whole catalogue, and where that changed from one release to the next.
///
/// It is what is kept of their records: no facts, but every difference between neighbours, so that what is known of
/// commits can be applied to it again whenever more is known.
package struct ReleaseHistory: Equatable, Sendable {
    /// A kernel that was run.
    package struct Release: Codable, Equatable, Sendable {
        /// `6.12.107`.
        package var name: String
        package var kernel: Kernel
    }

    /// One scenario on all kernels.
    package struct Row: Codable, Equatable, Sendable {
        package var id: String
        package var claim: String
        /// A letter a kernel, see `letter(of:)`.
        package var verdicts: String
        /// What changed, by the place of the later of two neighbours.
        package var changes: [Change]
    }

    package struct Change: Codable, Equatable, Sendable {
        package var at: Int
        /// Without explanations.
        package var differences: [Difference]
    }

    package var lane: Lane
    package var releases: [Release]
    package var rows: [Row]

    /// - Parameter runs: two or more, in the order of their kernels, of one lane.
    package init(_ runs: [RunRecord]) {
        let comparison = Comparison(runs.map { ($0.header.kernel.release, $0) }, knowing: [])
        lane = runs.first?.header.lane ?? .default
        releases = runs.map { run in
            Release(
                name: run.header.kernelVersion?.releaseWords(of: run.header.kernel) ?? run.header.kernel.release,
                kernel: run.header.kernel)
        }
        let plan = runs.reversed().reduce(into: [ScenarioDescription]()) { all, run in
            for scenario in run.plan where !all.contains(where: { $0.id == scenario.id }) { all.append(scenario) }
        }
        let verdicts = runs.map(\.firstVerdicts)
        rows = plan.map { scenario in
            Row(
                id: scenario.id, claim: scenario.claim,
                verdicts: String(verdicts.map { Self.letter(of: $0[scenario.id]) }),
                changes: comparison.steps.enumerated().compactMap { place, step in
                    let found = step.scenarios.first { $0.scenario.id == scenario.id }?.differences ?? []
                    return found.isEmpty ? nil : Change(at: place + 1, differences: found)
                })
        }
    }

    /// `p`assed, `f`ailed, `s`kipped, `e`rror; `-` where it was not run.
    static func letter(of verdict: Verdict?) -> Character { verdict?.rawValue.first ?? "-" }

    /// Each kernel against the one before it, with what is known of the differences.
    package func steps(knowing changes: [KnownChange]) -> [Comparison.Step] {
        let sides = releases.map { release in
            Comparison.Side(
                name: release.name,
                header: RunHeader(
                    tool: "", kernel: release.kernel, lane: lane, link: .auto, place: "guest, virtual time",
                    startedAt: nil))
        }
        return releases.indices.dropFirst().map { place in
            let knowledge = Comparison.Knowledge(
                changes: changes, baselines: [], before: sides[place - 1].header, after: sides[place].header)
            let scenarios = rows.map { row in
                let differences = row.changes.first { $0.at == place }?.differences ?? []
                return Comparison.Change(
                    scenario: row.description,
                    differences: knowledge.explained(differences, ofText: row.description.isText),
                    isUnjudged: false)
            }
            return Comparison.Step(
                before: sides[place - 1], after: sides[place], scenarios: scenarios, onlyBefore: [], onlyAfter: [])
        }
    }
}

extension ReleaseHistory.Row {
    /// As much of the scenario as is kept.
    fileprivate var description: ScenarioDescription {
        ScenarioDescription(
            id: id, claim: claim, citations: [], location: "", steps: [],
            nominalSeconds: 0)
    }
}

extension ReleaseHistory {
    /// Whether one kernel is older than another: by version, and a candidate before what became of it.
    package static func areInOrder(_ one: Kernel, _ other: Kernel) -> Bool {
        guard let left = KernelVersion(one), let right = KernelVersion(other) else { return false }
        if left < right || right < left { return left < right }
        return left.isCandidate(one) && !right.isCandidate(other)
    }
}

extension KernelVersion {
    fileprivate func isCandidate(_ kernel: Kernel) -> Bool { releaseWords(of: kernel).contains("-rc") }

    /// `6.1.192` also where the release is `6.1.0-56-cloud-amd64`; `7.3-rc7` for a candidate.
    fileprivate func releaseWords(of kernel: Kernel) -> String {
        // Debian's release leaves out what its version says: `7.3~rc7-1~exp1`.
        let parts = [kernel.release, kernel.version].flatMap { $0.split { "-+~ ".contains($0) } }
        guard let candidate = parts.first(where: { $0.hasPrefix("rc") && $0.dropFirst(2).allSatisfy(\.isNumber) })
        else { return words }
        return "\(series)-\(candidate)"
    }
}

extension RunRecord {
    fileprivate var firstVerdicts: [String: Verdict] {
        attempts.reduce(into: [:]) { verdicts, attempt in
            if attempt.attempt.number == 1 { verdicts[attempt.attempt.scenario] = attempt.finished?.verdict }
        }
    }
}

extension ReleaseHistory {
    /// Whether a scenario passed on a release; nil where it was not judged there.
    package func passed(_ scenario: String, at place: Int) -> Bool? {
        guard let row = rows.first(where: { $0.id == scenario }) else { return nil }
        return switch Array(row.verdicts)[place] {
        case "p": true
        case "f": false
        default: nil
        }
    }

    /// Whether a scenario showed a variant on a release; nil where it never came or went, so that nothing tells.
    package func showed(_ variant: String, of scenario: String, at place: Int) -> Bool? {
        let changes = (rows.first { $0.id == scenario }?.changes ?? []).sorted { $0.at < $1.at }.compactMap { change in
            change.differences.first { $0.aspect == .variant && ($0.before == variant || $0.after == variant) }
                .map { (at: change.at, comes: $0.after == variant) }
        }
        if let last = changes.last(where: { $0.at <= place }) { return last.comes }
        return changes.first.map { !$0.comes }
    }
}

// MARK: The file

extension ReleaseHistory {
    private struct Head: Codable {
        var version: Int
        var lane: Lane
        var releases: [Release]
    }

    private struct Document: Codable {
        var head: Head
        var scenarios: [Row]
    }

    private static let newestVersion = 1

    /// The file that `init(json:)` reads: a scenario a line, so that version control shows what changed.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let head = try encoder.encode(Head(version: Self.newestVersion, lane: lane, releases: releases))
            let lines = try rows.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            let text =
                "{\"head\":\(String(decoding: head, as: UTF8.self)),\n\"scenarios\":[\n\(lines.joined(separator: ",\n"))\n]}\n"
            return Array(text.utf8)
        } catch {
            // Strings and whole numbers are always expressible.
            fatalError("cannot encode a history of releases: \(error)")
        }
    }

    /// Throws what is wrong with it, in one line.
    package init(json bytes: [UInt8]) throws(BaselineError) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
            throw BaselineError("not a history that 'tcpwitness releases --format json' wrote")
        }
        guard document.head.version == Self.newestVersion else {
            throw BaselineError("the history has version \(document.head.version): use a newer tcpwitness")
        }
        let count = document.head.releases.count
        let places = document.scenarios.flatMap { $0.changes.map(\.at) }
        guard count >= 2, places.allSatisfy({ (1..<count).contains($0) }),
            document.scenarios.allSatisfy({ $0.verdicts.count == count })
        else { throw BaselineError("not a history of releases: its scenarios are not of its \(count) kernels") }
        lane = document.head.lane
        releases = document.head.releases
        rows = document.scenarios
    }
}
