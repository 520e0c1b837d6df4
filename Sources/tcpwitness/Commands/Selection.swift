internal import ArgumentParser
internal import Linux
internal import Record
internal import Report

/// What narrows a choice of scenarios by what they are, besides ids and globs.
struct ScopeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only scenarios of a topic ('close'), by how documents' claims fare there (holds, differs, refuted, "
                + "unstated, uncited), or quick or slow by their kernel timers. May be given several times: all must hold.",
            valueName: "tag"), completion: .tags)
    var tag: [String] = []

    @Option(
        name: [.customShort("k"), .customLong("matching")],
        help: ArgumentHelp(
            "Only scenarios of an expression over tags and parts of ids: 'timewait and not (slow or reuse)'.",
            valueName: "expression"))
    var matching: String?

    /// Whether they leave nothing out.
    var isWhole: Bool { tag.isEmpty && matching == nil }

    /// The scenarios that ids, globs and these options name, in the catalogue's order. Throws a complaint.
    func select(_ patterns: [String], from all: [ScenarioDescription]) throws -> [ScenarioDescription] {
        var chosen = try tcpwitness.select(patterns, from: all)
        for tag in tag {
            guard all.contains(where: { $0.tags.contains(tag) }) else {
                throw Complaint(
                    "no scenario has the tag '\(tag)'; there are \(knownTags(of: all).joined(separator: ", "))")
            }
            chosen.removeAll { !$0.tags.contains(tag) }
        }
        if let matching {
            let filter = try Filter(matching)
            chosen.removeAll { !filter.matches($0) }
            if chosen.isEmpty { throw Complaint("no scenario matches -k '\(matching)'") }
        }
        return chosen
    }
}

/// What narrows a choice of scenarios for a run.
struct SelectionOptions: ParsableArguments {
    @OptionGroup
    var scope: ScopeOptions

    @Option(
        help: ArgumentHelp(
            "Only what did not pass in an earlier run; where nothing failed, all.", valueName: "record"),
        completion: .file())
    var onlyFailed: String?

    /// Whether they leave nothing out.
    var isWhole: Bool { scope.isWhole && onlyFailed == nil }

    /// The scenarios that ids, globs and these options name, in the catalogue's order. Throws a complaint.
    func select(_ patterns: [String], from all: [ScenarioDescription]) throws -> [ScenarioDescription] {
        var chosen = try scope.select(patterns, from: all)
        if let onlyFailed {
            let run = try InputFile.run(onlyFailed)
            let bad = Set(run.outcomes.filter(\.isBad).map(\.scenario.id))
            if bad.isEmpty {
                // As pytest's --lf does: what has been mended is followed by what it may have broken.
                Terminal.printError(
                    "tcpwitness: nothing failed in \(onlyFailed) (\(RunSummary(run).words)): all are selected\n")
                return chosen
            }
            chosen.removeAll { !bad.contains($0.id) }
            if chosen.isEmpty {
                Terminal.printError("tcpwitness: nothing that failed in \(onlyFailed) is selected here\n")
            }
        }
        return chosen
    }
}

extension ScenarioDescription {
    /// A scenario counts as slow when it waits this long for a kernel timer.
    private static let slow = 5.0

    var tags: [String] { [topic] + standingTags + [nominalSeconds < Self.slow ? "quick" : "slow"] }
}

/// Every tag that some scenario has, in the catalogue's order.
func knownTags(of scenarios: [ScenarioDescription]) -> [String] {
    scenarios.flatMap(\.tags).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

/// The scenarios that ids and globs name, in the catalogue's order; all without any. Throws a complaint.
func select(_ patterns: [String], from all: [ScenarioDescription]) throws -> [ScenarioDescription] {
    guard !patterns.isEmpty else { return all }
    var chosen: Set<String> = []
    for pattern in patterns {
        let ids = isGlob(pattern) ? try expand(pattern, all) : [try resolve(pattern, all)]
        chosen.formUnion(ids)
    }
    return all.filter { chosen.contains($0.id) }
}

/// The scenario of an id. Throws a complaint that names the nearest one.
func resolve(_ id: String, _ all: [ScenarioDescription]) throws -> String {
    if all.contains(where: { $0.id == id }) { return id }
    if let nearest = nearest(id, all.map(\.id)) {
        throw Complaint("unknown scenario '\(id)'; did you mean '\(nearest)'?")
    }
    throw Complaint("unknown scenario '\(id)'; 'tcpwitness list' shows all")
}

/// The name that a mistyped one was probably meant to be.
func nearest(_ name: String, _ names: [String]) -> String? { nearestName(to: name, among: names, allowing: 2) }

func isGlob(_ pattern: String) -> Bool { pattern.contains { "*?[\\".contains($0) } }

private func expand(_ pattern: String, _ all: [ScenarioDescription]) throws -> [String] {
    if let fault = fault(inGlob: pattern) { throw Complaint("bad pattern '\(pattern)': \(fault)") }
    let ids = all.map(\.id).filter { $0.matches(glob: pattern) }
    guard !ids.isEmpty else {
        throw Complaint("no scenario matches '\(pattern)'; 'tcpwitness list' shows all")
    }
    return ids
}

/// What is wrong with a glob; fnmatch(3) would take an unclosed bracket for itself and match nothing.
private func fault(inGlob pattern: String) -> String? {
    var rest = pattern[...]
    while let character = rest.popFirst() {
        switch character {
        case "\\":
            if rest.popFirst() == nil { return "nothing follows the last '\\'" }
        case "[":
            if rest.first == "!" || rest.first == "^" { rest.removeFirst() }
            // A bracket that comes first stands for itself.
            if rest.first == "]" { rest.removeFirst() }
            guard let close = rest.firstIndex(of: "]") else { return "'[' is not closed" }
            rest = rest[rest.index(after: close)...]
        default: break
        }
    }
    return nil
}
