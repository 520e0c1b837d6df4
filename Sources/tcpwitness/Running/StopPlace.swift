internal import Acts
internal import Record
internal import Report
internal import Sequences

/// Where in a run a debugger is wanted: before the act that brought about what was not expected.
struct StopPlace {
    let point: StopPoint
    /// The act before which it is.
    private let act: ActFact
    /// The acts around it, numbered.
    private let around: [(number: Int, fact: ActFact)]
    /// How many acts there were.
    private let count: Int
    /// The first expectation that was broken; nil where all were met.
    private let broken: Check?

    /// The place in a run of one scenario.
    ///
    /// - Parameter number: the act to stop before; nil for the last that did something before the first expectation
    ///   that was broken.
    /// - Throws: a complaint where there is no such place.
    init(in record: RunRecord, before number: Int?) throws {
        let failed = record.attempts.first { $0.finished?.verdict == .failed }
        guard let attempt = failed ?? (number == nil ? nil : record.attempts.first) else {
            throw Complaint(
                "nothing failed, so there is nothing to stop before; --before NUMBER stops before any act",
                status: .nothingRan)
        }
        let acts = attempt.facts.compactMap { if case .act(let fact) = $0 { fact } else { nil } }
        count = acts.count
        broken = attempt.checks.first(where: \.isBroken)
        let chosen = number ?? Self.cause(of: broken, among: acts)
        guard let chosen, acts.indices.contains(chosen - 1) else {
            throw Complaint(
                acts.isEmpty ? "the attempt ended before its first act" : "--before: there are acts 1 to \(acts.count)")
        }
        point = StopPoint(attempt: attempt.attempt.number, again: attempt.attempt.again ?? 0, act: chosen)
        act = acts[chosen - 1]
        around = acts.indices.filter { abs($0 + 1 - chosen) <= 3 }.map { ($0 + 1, acts[$0]) }
    }

    /// The number of the last act that did something before an expectation was broken.
    private static func cause(of broken: Check?, among acts: [ActFact]) -> Int? {
        guard let broken else { return nil }
        let before = acts.prefix { $0.at <= broken.at }
        return (before.lastIndex { (try? Act(recorded: $0).onlyLooks) == false } ?? before.indices.last).map { $0 + 1 }
    }

    /// When in the attempt's time, in nanoseconds.
    var time: Int64 { act.at }

    /// For whoever is to look: the acts around the place, and what is going to be broken.
    func words(at time: Int64) -> String {
        var lines = ["stopped before act \(point.act) of \(count), \(Self.seconds(time)) s after the attempt began"]
        lines += around.map { number, fact in
            let words = (try? Act(recorded: fact).written.joined(separator: " ")) ?? ""
            return "  \(number == point.act ? "->" : "  ") \(number)  \(fact.location)  \(words)"
        }
        if let broken {
            lines += [
                "  at \(Self.seconds(broken.at)) s it will be broken, \(broken.location):",
                "    expected  \(broken.expected)", "    seen      \(broken.seen)",
            ]
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        let fraction = String(nanoseconds % 1_000_000_000)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}
