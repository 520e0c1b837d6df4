internal import FoundationEssentials
internal import Baselines
internal import Compare
internal import Explore
internal import Record

/// What an exploration tells.
struct ExplorationReport {
    struct Known: Encodable {
        let explanation: Explanation
        /// How many sequences show it.
        let sequences: Int
        /// The shortest that was made.
        let example: String
    }

    struct Found: Encodable {
        let id: String
        /// The file, where files were written.
        var file: String?
        let sequences: Int
        /// How many lines it takes besides what every sequence has.
        let acts: Int
        let text: String
        /// What nothing explains of it, and what else the kernels differ in.
        let differences: [String]
        let known: [String]
    }

    /// What is told in words alone.
    struct Other: Encodable {
        let words: String
        let sequences: Int
        let example: String
    }

    private let exploration: Exploration
    let seed: UInt64
    let kernels: [String]
    var seconds = 0.0
    var virtualSeconds = 0.0
    private(set) var findings: [Found] = []
    private(set) var unsteady: [Other]
    /// What each finding shows, so that none is told twice.
    private var shown: Set<Set<String>> = []

    init(_ exploration: Exploration, seed: UInt64, kernels: [String]) {
        self.exploration = exploration
        self.seed = seed
        self.kernels = kernels
        unsteady = exploration.unsteady.map(Other.init)
    }

    /// Runs a finding alone, with its records, and takes it in unless it is told already or does not show.
    mutating func add(_ finding: Discovery, _ run: ExplorationRun, _ directory: FindingDirectory?) throws {
        let id = "finding-\(findings.count + 1)"
        try directory?.make()
        let pair = try run.run(
            [(id, finding.shortest)], record: directory.map { "\($0.path)/\(id).jsonl" })
        let outcome: SequenceOutcome?
        if let dead = [pair.before, pair.after].first(where: { $0.record.caution != nil }) {
            let sight = Sight(key: "\(dead.name) ends", words: "\(dead.name): \(dead.record.caution ?? "")")
            outcome = SequenceOutcome(sights: [sight])
        } else {
            outcome = SequenceOutcome.all(before: pair.before, after: pair.after, knowing: knownChanges)[id]
        }
        let surprises = outcome?.surprises ?? []
        guard surprises.contains(where: { $0.key == finding.cluster.key }) else {
            directory?.remove(beginning: "\(id)-")
            unsteady.append(Other(finding.cluster))
            return
        }
        guard shown.insert(Set(surprises.map(\.key))).inserted else {
            directory?.remove(beginning: "\(id)-")
            return
        }
        let words = surprises.map(\.words)
        let comments =
            ["Found by exploration. On \(pair.before.name) and \(pair.after.name):"] + words.map { "  \($0)" }
        let text = finding.shortest.text(
            id: id, claim: "What \(pair.before.name) and \(pair.after.name) do not do alike, or what neither may do.",
            comments: comments.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) })
        let known = (outcome?.sights ?? []).compactMap(\.known?.line)
        var found = Found(
            id: id, sequences: finding.cluster.count, acts: finding.shortest.lines.count, text: text,
            differences: words, known: Array(Set(known)).sorted())
        if let directory {
            found.file = "\(id).tcp"
            try directory.write(Array(text.utf8), as: "\(id).tcp")
        }
        findings.append(found)
    }

    private var known: [Known] {
        exploration.clusters.known.map { explanation, cluster in
            Known(explanation: explanation, sequences: cluster.count, example: cluster.example)
        }
    }

    // MARK: In words

    func text(in output: String?) -> String {
        let rate = seconds > 0 ? Int(Double(exploration.sequences + exploration.rerun) / seconds * 60) : 0
        var lines = [
            "\(exploration.sequences) sequences of seed \(seed) on \(kernels.joined(separator: " and ")), and "
                + "\(exploration.rerun) to shorten what they show; \(rate) a minute. They have come to "
                + "\(exploration.reached) states, errors, segments and counters."
        ]
        if !known.isEmpty {
            lines += ["", "Known:"] + known.map { "  \(times($0.sequences))  \($0.explanation.line)" }
        }
        if !findings.isEmpty { lines += ["", "Not known:"] }
        for finding in findings {
            let place = finding.file.flatMap { file in output.map { "\($0)/\(file)" } } ?? finding.id
            lines.append("  \(place), \(finding.acts) lines, shown by \(times(finding.sequences))")
            lines += finding.differences.map { "    \($0)" }
            if finding.file == nil { lines += finding.text.split(separator: "\n").map { "      \($0)" } }
        }
        for (title, others) in [
            ("Not the same each time:", unsteady), ("Not looked into:", exploration.leftOut.map(Other.init)),
        ]
        where !others.isEmpty {
            lines += ["", title] + others.map { "  \(times($0.sequences))  \($0.words)" }
        }
        let unjudged = exploration.clusters.unjudged.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !unjudged.isEmpty {
            lines += ["", "Not judged:"] + unjudged.prefix(8).map { "  \(times($0.value))  \($0.key)" }
        }
        if findings.isEmpty { lines += ["", "Nothing that nothing explains."] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func times(_ count: Int) -> String { "\(count) \(count == 1 ? "sequence" : "sequences")" }

    // MARK: For programs

    private struct Document: Encodable {
        let version = 1
        let seed: UInt64
        let kernels: [String]
        let sequences: Int
        let rerun: Int
        let reached: Int
        let seconds: Double
        let virtualSeconds: Double
        let known: [Known]
        let findings: [Found]
        let unsteady: [Other]
        let leftOut: [Other]
        let unjudged: [String: Int]
    }

    /// `{"version": 1, ...}`, ending with a newline.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let document = Document(
                seed: seed, kernels: kernels, sequences: exploration.sequences, rerun: exploration.rerun,
                reached: exploration.reached, seconds: seconds, virtualSeconds: virtualSeconds, known: known,
                findings: findings, unsteady: unsteady, leftOut: exploration.leftOut.map(Other.init),
                unjudged: exploration.clusters.unjudged)
            return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and numbers are always expressible.
            fatalError("cannot encode an exploration: \(error)")
        }
    }
}

extension ExplorationReport.Other {
    fileprivate init(_ cluster: Cluster) {
        self.init(words: cluster.words, sequences: cluster.count, example: cluster.example)
    }
}

extension Cluster {
    /// The shortest that was made.
    fileprivate var example: String { candidates.first?.candidate.text(id: "example") ?? "" }
}
