/// A difference between kernels that a commit accounts for.
///
/// It says in which kernels the commit is and by what it is recognized, so that the same sight in two kernels that
/// both have the commit remains a surprise.
package struct KnownChange: Sendable {
    package var explanation: Explanation
    package var releases: Releases
    /// Where it shows: ids, or beginnings of ids that end in `*`.
    package var scenarios: [String]
    package var signs: [Sign]

    /// One way in which a change shows.
    package enum Sign: Sendable {
        case variant(without: String, with: String)
        /// Counters that count only, or more, without the change, and those that do so with it.
        case counters(without: Set<String>, with: Set<String>)
        /// A measurement that is greater, or smaller, with the change.
        case measurement(String, grows: Bool)
        /// Segments that are sent more or less often, but are the same.
        case repetitions(tracepoint: String?)
        /// An option that segments carry only with the change.
        case option(String)
        /// A socket's path that goes one state further with the change.
        case path(goesOnTo: String)
        /// A segment that is sent only with the change, by its flags.
        case segment(onlyWith: String)
        /// A tracepoint of the tcp group that reports only with the change.
        case packet(onlyWith: String)
        /// tcp_send_reset is traced with a reason, also for resets that no full socket sends.
        case resetReasons
        /// Where the change shows as its variant, what else differs in these aspects follows from it: a call that is
        /// refused instead of allowed changes everything after it.
        case consequences(Set<Aspect>)
    }

    package init(
        commits: [String], mainline: KernelVersion, reverted: KernelVersion? = nil, backports: [Backport] = [],
        kind: Aspect.Kind = .behaviour, scenarios: [String], signs: [Sign], words: String
    ) {
        releases = Releases(mainline: mainline, reverted: reverted, backports: backports)
        explanation = Explanation(
            commits: commits, since: mainline.series, reverted: releases.revertWords, kind: kind, words: words)
        self.scenarios = scenarios
        self.signs = signs
    }

    /// Whether it accounts for a difference between these two kernels, whichever of them is the newer.
    package func explains(_ difference: Difference, from before: KernelVersion, to after: KernelVersion) -> Bool {
        guard concerns(difference.scenario) else { return false }
        if releases.maySeparate(lacking: before, having: after), shows(difference) { return true }
        guard releases.maySeparate(lacking: after, having: before) else { return false }
        var reversed = difference
        swap(&reversed.before, &reversed.after)
        return shows(reversed)
    }

    /// Whether a difference follows from the change, in a scenario that shows the change's variant.
    func hasConsequence(_ difference: Difference) -> Bool {
        signs.contains { sign in
            guard case .consequences(let aspects) = sign else { return false }
            // Where other segments are sent, others are counted.
            let counts = aspects.contains(.segment) && difference.aspect == .counter
            return aspects.contains(difference.aspect) || (counts && Counters.ofSegments.contains(difference.name))
        }
    }

    /// Whether it accounts for a variant that a kernel shows.
    package func explains(variant: String, of scenario: String, on kernel: KernelVersion) -> Bool {
        concerns(scenario)
            && signs.contains { sign in
                guard case .variant(let without, let with) = sign else { return false }
                return (variant == with && releases.mayHave(kernel)) || (variant == without && releases.mayLack(kernel))
            }
    }

    package func concerns(_ scenario: String) -> Bool {
        scenarios.contains { $0.hasSuffix("*") ? scenario.hasPrefix($0.dropLast()) : scenario == $0 }
    }

    /// Whether the difference looks like this change, from a kernel without it to one with it.
    private func shows(_ difference: Difference) -> Bool { signs.contains { $0.shows(difference) } }
}

extension KnownChange.Sign {
    fileprivate func shows(_ difference: Difference) -> Bool {
        let (before, after) = (difference.before ?? "", difference.after ?? "")
        switch self {
        case .variant(let without, let with):
            return difference.aspect == .variant && before == without && after == with
        case .counters(let without, let with):
            guard difference.aspect == .counter, let old = Int64(before), let new = Int64(after) else { return false }
            return old > new ? without.contains(difference.name) : with.contains(difference.name)
        case .measurement(let name, let grows):
            guard difference.aspect == .measurement, difference.subject == name,
                let old = leadingNumber(before), let new = leadingNumber(after)
            else { return false }
            return grows ? old < new : old > new
        case .repetitions(let tracepoint):
            guard difference.aspect == .segment || isPacket(difference, tracepoint) else { return false }
            return !before.isEmpty && withoutCounts(before) == withoutCounts(after)
        case .option(let option):
            guard difference.aspect == .segment else { return false }
            return after.contains(option) && !before.contains("<\(option)>") && without(option, after) == before
        case .path(let state): return difference.aspect == .path && after == "\(before) > \(state)"
        case .segment(let flags):
            return difference.aspect == .segment && before.isEmpty && after.hasPrefix(flags + " ")
                && !after.contains("; ")
        case .packet(let tracepoint): return before.isEmpty && isPacket(difference, tracepoint)
        case .resetReasons:
            guard difference.aspect == .packet, difference.subject.hasPrefix("tcp_send_reset") else { return false }
            let old = before.isEmpty ? [] : before.split(separator: "; ")
            return old.allSatisfy { $0.contains(TracedReset.noReason) } && !after.contains(TracedReset.noReason)
        // What follows is not recognized by itself.
        case .consequences: return false
        }
    }

    private func isPacket(_ difference: Difference, _ tracepoint: String?) -> Bool {
        guard difference.aspect == .packet, let tracepoint else { return false }
        return difference.subject.hasPrefix(tracepoint)
    }

    private func leadingNumber(_ text: String) -> Double? { Double(text.prefix { $0 != " " }) }

    private func withoutCounts(_ text: String) -> [String] {
        text.split(separator: "; ").map { item in
            String(item.split(separator: " ").filter { !$0.hasPrefix("×") }.joined(separator: " "))
        }
    }

    private func without(_ option: String, _ text: String) -> String {
        text.replacing(" <\(option)>", with: "").replacing(",\(option)>", with: ">")
            .replacing("<\(option),", with: "<")
    }
}
