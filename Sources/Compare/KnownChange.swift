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
    /// Signs that are its alone, by which it is recognized in text sequences too: no list of scenarios has these.
    package var anywhere: [Sign]

    /// One way in which a change shows.
    package enum Sign: Sendable {
        case variant(without: String, with: String)
        /// Counters that count only, or more, without the change, and those that do so with it.
        case counters(without: Set<String>, with: Set<String>)
        /// A measurement that is greater, or smaller, with the change.
        case measurement(String, grows: Bool)
        /// Segments that are sent more or less often, but are the same.
        case repetitions(tracepoint: String?)
        /// The same of segments with these flags alone.
        case repetitionsOf(flags: String)
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
        kind: Aspect.Kind = .behaviour, scenarios: [String], signs: [Sign], anywhere: [Sign] = [], words: String
    ) {
        self.anywhere = anywhere
        releases = Releases(mainline: mainline, reverted: reverted, backports: backports)
        explanation = Explanation(
            commits: commits, since: mainline.series, reverted: releases.revertWords, kind: kind, words: words)
        self.scenarios = scenarios
        self.signs = signs
    }

    /// Whether it accounts for a difference between these two kernels, whichever of them is the newer.
    package func explains(_ difference: Difference, from before: KernelVersion, to after: KernelVersion) -> Bool {
        concerns(difference.scenario) && shows(difference, by: signs, from: before, to: after)
    }

    /// Whether it is recognized by a difference of a text sequence.
    func marks(_ difference: Difference, from before: KernelVersion, to after: KernelVersion) -> Bool {
        shows(difference, by: anywhere, from: before, to: after)
    }

    private func shows(
        _ difference: Difference, by signs: [Sign], from before: KernelVersion, to after: KernelVersion
    ) -> Bool {
        if releases.maySeparate(lacking: before, having: after), signs.contains(where: { $0.shows(difference) }) {
            return true
        }
        guard releases.maySeparate(lacking: after, having: before) else { return false }
        return signs.contains { $0.shows(difference.reversed) }
    }

    /// Whether a difference follows from the change, in a scenario that shows the change's variant.
    func hasConsequence(_ difference: Difference) -> Bool { hasConsequence(difference, by: signs) }

    /// The same in a text sequence that is marked by it.
    func hasConsequenceAnywhere(_ difference: Difference) -> Bool { hasConsequence(difference, by: anywhere) }

    private func hasConsequence(_ difference: Difference, by signs: [Sign]) -> Bool {
        signs.contains { sign in
            guard case .consequences(let aspects) = sign else { return false }
            // Where other segments are sent, others are counted.
            if aspects.contains(.segment), case .counter(let name, _, _) = difference.values,
                Counters.ofSegments.contains(name)
            {
                return true
            }
            return aspects.contains(difference.aspect)
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
}

extension KnownChange.Sign {
    fileprivate func shows(_ difference: Difference) -> Bool {
        switch (self, difference.values) {
        case (.variant(let without, let with), nil):
            return difference.aspect == .variant && difference.before == without && difference.after == with
        case (.counters(let without, let with), .counter(let name, let old, let new)):
            return old > new ? without.contains(name) : with.contains(name)
        case (.measurement(let name, let grows), .measurement(let measured, let old, let new)):
            return measured == name && (grows ? old < new : old > new)
        case (.repetitions(let tracepoint), .sequence(let old, let new)):
            guard !old.isEmpty, old.map(\.item) == new.map(\.item) else { return false }
            return old.allSatisfy { run in
                switch run.item {
                case .segment: true
                case .packet(let name, _, _): name == tracepoint
                case .path, .call: false
                }
            }
        case (.repetitionsOf(let wanted), .sequence(let old, let new)):
            guard old.map(\.item) == new.map(\.item) else { return false }
            return old.allSatisfy { if case .segment(wanted, _, _) = $0.item { true } else { false } }
        case (.option(let option), .sequence(let old, let new)):
            return !old.contains { $0.item.options.contains(option) }
                && new.contains { $0.item.options.contains(option) }
                && old == new.map { Sequence.Run(item: $0.item.without(option: option), count: $0.count) }
        case (.path(let state), .sequence(let old, let new)):
            guard case .path(let before) = old.last?.item, case .path(let after) = new.last?.item else { return false }
            return after == before + [state] && old.dropLast() == new.dropLast() && old.last?.count == new.last?.count
        case (.segment(let wanted), .sequence(let old, let new)):
            guard old.isEmpty, new.count == 1, case .segment(wanted, _, _) = new[0].item else { return false }
            return true
        case (.packet(let tracepoint), .sequence(let old, let new)):
            return old.isEmpty
                && new.allSatisfy { if case .packet(tracepoint, _, _) = $0.item { true } else { false } }
        case (.resetReasons, .sequence(let old, let new)):
            return !new.isEmpty && old.allSatisfy { $0.item.resetReason == .some(nil) }
                && new.allSatisfy { ($0.item.resetReason ?? nil) != nil }
        // What follows is not recognized by itself.
        default: return false
        }
    }
}

extension Sequence.Item {
    fileprivate var options: [String] {
        if case .segment(_, _, let options) = self { options } else { [] }
    }

    fileprivate func without(option: String) -> Sequence.Item {
        guard case .segment(let flags, let numbers, let options) = self else { return self }
        return .segment(flags: flags, numbers: numbers, options: options.filter { $0 != option })
    }

    /// Nil for what is no traced reset, and within that for one without a reason.
    fileprivate var resetReason: String?? {
        if case .packet(TracedReset.tracepoint, _, let reason) = self { .some(reason) } else { nil }
    }
}
