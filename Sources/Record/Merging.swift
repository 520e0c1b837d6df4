/// A share of a run: one machine's part when several divide the scenarios among themselves.
package struct Shard: Codable, Hashable, Sendable {
    /// Which of them, from 1.
    package var index: Int
    package var count: Int

    package init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// `2/3`; nil for what is no such thing.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count,
            Bounds.shards.contains(count)
        else {
            return nil
        }
        self.init(index: index, count: count)
    }

    package var words: String { "\(index)/\(count)" }

    /// Its part of the scenarios, in their order. The longest timers are dealt out first, so that all shards end at
    /// about the same time; who gets what depends on the scenarios alone.
    package func select(_ scenarios: [ScenarioDescription]) -> [ScenarioDescription] {
        let longestFirst = scenarios.indices.sorted {
            let (left, right) = (scenarios[$0], scenarios[$1])
            return (-left.nominalSeconds, left.id) < (-right.nominalSeconds, right.id)
        }
        let own = Set(longestFirst.enumerated().filter { $0.offset % count == index - 1 }.map(\.element))
        return scenarios.indices.filter(own.contains).map { scenarios[$0] }
    }
}

/// A shard as it was read.
package typealias ShardRecord = (name: String, contents: RecordContents)

/// Joins the records of the shards of several runs, each of which was on a kernel of its own, into one record for each.
///
/// - Parameters:
///   - shards: in any order.
///   - order: ids in the order in which reports show them; what is not in it comes last.
///   - isPartial: whether a run may lack shards; its record then says which, and is that of a run that ended early.
/// - Returns: for each run the name of its kernel and the events of its record, in the order of the shards.
///
/// Throws a record error when they are not the shards of such runs, or one is missing.
package func mergeRuns(
    _ shards: [ShardRecord], order: [String], isPartial: Bool = false
) throws(RecordError) -> [(kernel: String, events: [Event])] {
    let parts = try shards.map { shard throws(RecordError) in try ShardPart(shard) }
    var groups: [[ShardPart]] = []
    for part in parts where part.hasBegun {
        if let place = groups.firstIndex(where: { $0[0].isOfOneKernel(with: part) }) {
            groups[place].append(part)
        } else {
            groups.append([part])
        }
    }
    // A guest that never said a word has only the name by which it was asked for.
    for part in parts where !part.hasBegun {
        let own = groups.indices.filter { groups[$0][0].isCalled(part) }
        if own.count == 1 { groups[own[0]].append(part) } else { groups.append([part]) }
    }
    return try groups.map { parts throws(RecordError) in
        (parts[0].header.kernel.release, try join(parts, order: order, isPartial: isPartial))
    }
}

/// Joins the records of a run's shards into one record; see `mergeRuns`.
package func merge(_ shards: [ShardRecord], order: [String], isPartial: Bool = false) throws(RecordError) -> [Event] {
    try join(try shards.map { shard throws(RecordError) in try ShardPart(shard) }, order: order, isPartial: isPartial)
}

private struct ShardPart {
    let name: String
    let shard: Shard
    let contents: RecordContents
    let header: RunHeader

    init(_ record: ShardRecord) throws(RecordError) {
        guard case .run(let header)? = record.contents.events.first(where: \.isHeader) else {
            throw RecordError("\(record.name) has no header line")
        }
        guard let shard = header.shard else {
            throw RecordError("\(record.name) is no shard: it was not made with --shard")
        }
        (name, self.shard, contents, self.header) = (record.name, shard, record.contents, header)
    }

    /// Whether its kernel has said what it is.
    var hasBegun: Bool { !header.kernel.version.isEmpty }

    func isOfOneKernel(with other: ShardPart) -> Bool {
        (header.kernel.release, header.kernel.machine, header.lane)
            == (other.header.kernel.release, other.header.kernel.machine, other.header.lane)
    }

    /// Whether its kernel may be the one that another was asked for: `6.12.118+deb13-cloud-amd64` is a 6.12.
    func isCalled(_ other: ShardPart) -> Bool {
        let (release, name) = (header.kernel.release, other.header.kernel.release)
        let next = release.dropFirst(name.count).first
        return header.lane == other.header.lane && release.hasPrefix(name)
            && next.map { !$0.isNumber } ?? true
    }
}

private func join(_ shards: [ShardPart], order: [String], isPartial: Bool) throws(RecordError) -> [Event] {
    let parts = shards.sorted { $0.shard.index < $1.shard.index }
    guard let first = parts.first(where: \.hasBegun) ?? parts.first else { throw RecordError("nothing to merge") }
    for part in parts {
        if let reason = first.header.differs(from: part.header) {
            throw RecordError("\(part.name) is of another run than \(first.name): \(reason)")
        }
    }
    for (one, next) in zip(parts, parts.dropFirst()) where one.shard.index == next.shard.index {
        throw RecordError("\(one.name) and \(next.name) are both shard \(one.shard.words)")
    }
    let missing = Set(1...first.shard.count).subtracting(parts.map(\.shard.index)).sorted()
        .map { "\($0)/\(first.shard.count)" }.joined(separator: ", ")
    let loss = "shard \(missing) of \(first.header.kernel.release) is missing"
    guard missing.isEmpty || isPartial else {
        throw RecordError("\(loss); 'run --shard' runs it alone, --partial does without it")
    }

    var header = first.header
    header.shard = nil
    header.startedAt = parts.compactMap(\.header.startedAt).min()
    header.limits = parts.flatMap(\.header.limits).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
    var plans: [ScenarioDescription] = []
    var rest: [Event] = []
    var duration: Int64 = 0
    var realDuration: Int64?
    var interruptions = missing.isEmpty ? [] : [loss]
    var console: ConsoleExcerpt?
    for part in parts {
        if let truncation = part.contents.truncation { interruptions.append("\(part.name) is \(truncation)") }
        for event in part.contents.events {
            switch event {
            case .run: break
            case .plan(let scenario): plans.append(scenario)
            case .end(let end):
                duration = max(duration, end.duration)
                realDuration = [realDuration, end.realDuration].compactMap(\.self).max()
                console = console ?? end.console
                if let cause = end.interrupted { interruptions.append("\(part.name): \(cause)") }
            default: rest.append(event)
            }
        }
    }
    if let twice = Dictionary(grouping: plans, by: \.id).first(where: { $1.count > 1 })?.key {
        throw RecordError("\(twice) is in two shards")
    }
    let ordered = plans.enumerated().sorted {
        (places[$0.element.id] ?? Int.max, $0.offset) < (places[$1.element.id] ?? Int.max, $1.offset)
    }
    let end = RunEnd(
        duration: duration, interrupted: interruptions.isEmpty ? nil : interruptions.joined(separator: "; "),
        realDuration: realDuration, console: console)
    return [.run(header)] + ordered.map { .plan($0.element) } + rest + [.end(end)]
}

extension RunHeader {
    /// Why two shards cannot be of one run; nil when they can.
    fileprivate func differs(from other: RunHeader) -> String? {
        for (name, mine, its) in [
            ("program", tool, other.tool),
            // Which kernel it was says only one that began.
            ("kernel", kernel.words, other.kernel.version.isEmpty ? kernel.words : other.kernel.words),
            ("lane", lane.rawValue, other.lane.rawValue), ("link", link.rawValue, other.link.rawValue),
            ("order", shuffle.map(String.init) ?? "usual", other.shuffle.map(String.init) ?? "usual"),
            ("place", place, other.place), ("number of shards", "\(shard?.count ?? 0)", "\(other.shard?.count ?? 0)"),
        ] where mine != its {
            return "\(name) \(its), not \(mine)"
        }
        return nil
    }
}

extension Kernel {
    fileprivate var words: String { "\(release) \(version) \(machine)" }
}

extension Event {
    fileprivate var isHeader: Bool {
        if case .run = self { true } else { false }
    }
}
