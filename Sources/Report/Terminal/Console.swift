package import Record

/// A run as people follow it: a line for each finished attempt, then what failed in full, then what to paste.
///
/// It only makes text; where that goes and whether it may have colour is the caller's.
package struct Console: Sendable {
    /// How much is told.
    package enum Detail: Sendable {
        /// What failed, and the counts.
        case quiet
        case normal
        /// Every expectation and measurement too.
        case verbose
    }

    private let colour: Bool
    private let detail: Detail
    /// How many characters fit into a line; nil where lines have no end.
    private let width: Int?
    /// Which record it is, where there are several.
    private let name: String?
    /// How many of the slowest scenarios to tell.
    private let slowest: Int
    private var nameWidth = 0
    /// What was expected and measured in attempts that run, for the verbose.
    private var findings: [Attempt: [String]] = [:]

    package init(
        colour: Bool, detail: Detail = .normal, width: Int? = nil, name: String? = nil, slowest: Int = 0
    ) {
        self.name = name
        self.slowest = slowest
        self.colour = colour
        self.width = width
        self.detail = detail
    }

    /// The text an event gives, with its newlines; empty for most.
    package mutating func render(_ event: Event) -> String {
        if detail == .quiet { return "" }
        switch event {
        case .run(let header): return text(of: header)
        case .plan(let scenario): nameWidth = max(nameWidth, scenario.id.count)
        case .started(let started): nameWidth = max(nameWidth, started.attempt.name.count)
        case .check(let check) where detail == .verbose:
            let mark =
                switch check.status {
                case .met: "  ok      "
                case .broken: painted("  NOT     ", .failed)
                case .unjudged: painted("  unknown ", .skipped)
                }
            findings[check.attempt, default: []].append("\(mark)\(check.expected.oneLine): \(check.seen.oneLine)\n")
        case .measurement(let one) where detail == .verbose:
            findings[one.attempt, default: []].append("  measured  \(one.name) \(one.value) \(one.unit)\n")
        case .finished(let finished):
            return line(of: finished) + (findings.removeValue(forKey: finished.attempt) ?? []).joined()
        default: break
        }
        return ""
    }

    /// What stands below the lines: failures and errors in full, then what ran, where, and how it ended.
    package func conclusion(_ record: RunRecord) -> String {
        let all = record.outcomes.filter(\.isBad)
        // However many did not even start, they say one thing.
        let unstarted = all.filter(\.isUnstarted)
        let isFolded = unstarted.count > Self.mostUnstarted
        let bad = isFolded ? all.filter { !$0.isUnstarted } : all
        var text = ""
        for outcome in bad {
            let heading = outcome.heading(verdict: painted(outcome.verdict.word, outcome.verdict))
            text += "\n" + ([heading] + outcome.explanation).map { $0 + "\n" }.joined()
        }
        let again = record.outcomes.flatMap { outcome in outcome.againLines.map { "\(outcome.name)  \($0)\n" } }
        if detail != .quiet, !again.isEmpty { text += "\n" + again.joined() }
        return text + slowestWords(record) + summary(record, bad, isFolded ? unstarted : [])
    }

    /// So many scenarios that did not start are told one by one.
    private static let mostUnstarted = 3

    /// What took longest, with the kernel timers that it waited for.
    private func slowestWords(_ record: RunRecord) -> String {
        let slow = record.outcomes.sorted { $0.duration > $1.duration }.prefix(slowest)
        let width = slow.map(\.name.count).max() ?? 0
        let lines = slow.map { outcome in
            let timer = outcome.scenario.nominalSeconds
            let waits = timer > 0 ? "  of which \(seconds(Int64(timer * 1e9), decimals: 2)) s for a kernel timer" : ""
            return
                "\(seconds(outcome.duration, decimals: 2).aligned(to: 8)) s  \(outcome.name.padded(to: width))\(waits)"
        }
        return lines.isEmpty ? "" : "\nslowest:\n" + lines.map { $0.trimmedEnd + "\n" }.joined()
    }

    /// The lines to paste into a mail: they say by themselves what ran.
    private func summary(_ record: RunRecord, _ bad: [Outcome], _ unstarted: [Outcome]) -> String {
        let header = record.header
        let width = bad.map(\.name.count).max() ?? 0
        var lines = bad.map {
            "\(painted($0.verdict.word.padded(to: 7), $0.verdict)) \($0.name.padded(to: width))  "
                + $0.finding.oneLine
        }
        if let first = unstarted.first {
            let verdict = painted(first.verdict.word.padded(to: 7), first.verdict)
            let ids = unstarted.prefix(Self.mostUnstarted).map(\.name).joined(separator: ", ")
            lines.append(
                "\(verdict) \(unstarted.count) scenarios, \(ids) and others, did not start: \(first.unstartedCause)")
        }
        let interruption = record.end?.interrupted.map { "\($0); " } ?? record.truncation.map { "\($0); " } ?? ""
        lines.append("\(interruption)\(RunSummary(record).words)\(Self.time(record.end))")
        if detail != .quiet || lines.count > 1 || name != nil {
            lines.insert(
                "\(header.tool) on Linux \(header.kernel.release), \(header.laneWords)\(named)", at: 0)
        }
        return "\n" + lines.map { $0 + "\n" }.joined()
    }

    private var named: String { name.map { ", \($0.oneLine)" } ?? "" }

    /// ` in 61.25 s`; nothing for a run that has no end.
    private static func time(_ end: RunEnd?) -> String {
        guard let end else { return "" }
        let own = " in \(seconds(end.duration, decimals: 2)) s"
        return end.realDuration.map { "\(own) of virtual time, \(seconds($0, decimals: 2)) s of real time" } ?? own
    }

    private func text(of header: RunHeader) -> String {
        let place = header.place == "host" ? "" : " (\(header.place))"
        let title =
            "\(header.tool) on Linux \(header.kernel.release) \(header.kernel.machine)\(place), "
            + "\(header.laneWords), link \(header.link.rawValue)\(named)\n"
        return title + header.limits.map { "  \($0.oneLine)\n" }.joined() + "\n"
    }

    private func line(of finished: Finished) -> String {
        let isTriedAgain = finished.isTriedAgain == true
        let verdict = painted((isTriedAgain ? "late" : finished.verdict.word).padded(to: 7), finished.verdict)
        let name = finished.attempt.name.padded(to: nameWidth)
        let time = "\(seconds(finished.duration, decimals: 2).aligned(to: 8)) s"
        var remark = finished.variant ?? ""
        if finished.verdict == .skipped || isTriedAgain, let reason = finished.reason { remark = reason.oneLine }
        // What does not fit is in the reports; lines that wrap are no table.
        if let width { remark = remark.cut(to: width - 7 - nameWidth - time.count - 6) }
        return "\(verdict)  \(name)  \(time)" + (remark.isEmpty ? "" : "  \(remark)") + "\n"
    }

    private func painted(_ text: String, _ verdict: Verdict) -> String { colour ? verdict.painted(text) : text }
}
