internal import Acts
internal import Lab
internal import Linux
internal import Packets

// What the wire does, and what it is expected to carry.
extension Performer {
    func perform(_ act: WireAct, _ lab: Lab, _ at: SourceLocation) throws {
        let wire: LabWire = lab.wire
        switch act {
        case .rule(let kind, let patterns, let first, let ends, let name):
            let ends = try ends.map { try address($0, lab) }
            rules[name] = try wire.add(kind, patterns, first: first, ends: ends)
        case .release(let names, let reversed):
            let rules = try names.map(rule)
            if let only = rules.first, rules.count == 1 {
                try wire.release(only, reversed: reversed)
            } else {
                try wire.release(rules)
            }
        case .lift(let name): try wire.lift(try rule(name))
        case .forge(let forged, let name):
            segments[name] = try wire.inject(try segment(forged, lab), to: try host(of: forged.destination))
        case .imitate(let like, let name):
            segments[name] = try lab.forgery(of: try socket(like.socket)).send(
                like.flags, sequence: like.sequence, acknowledgement: like.acknowledgement, payload: like.payload,
                echo: like.echo)
        case .repeats(let name, let changes, let copy):
            let seen = try segment(name)
            segments[copy] = try wire.inject(try changed(seen.segment, changes), to: seen.from.other)
        case .here(let name):
            try lab.settle()
            places[name] = wire.log.count
        case .complains(let reason, let name, let router):
            try lab.complain(reason, about: try segment(name), from: try router.map(ipAddress))
        case .tolerates(let patterns): for pattern in patterns { lab.tolerate(resets: pattern) }
        default: try expect(act, lab, at)
        }
    }

    private func expect(_ act: WireAct, _ lab: Lab, _ at: SourceLocation) throws {
        let (file, line) = (at.file, at.line)
        switch act {
        case .meets(let name, let count, let timeout):
            let rule = try rule(name)
            try lab.require(rule, met: count, within: timeout.map(lab.timeout(after:)), file: file, line: line)
            for (number, segment) in rule.met.enumerated() { segments["\(name) #\(number + 1)"] = segment }
        case .carries(let patterns, let timeout, let since, let names):
            // One after the other, though others may lie between.
            var place = try place(since, lab)
            for (pattern, name) in zip(patterns, names) {
                let segment = try lab.requireCarried(
                    pattern, since: place, within: timeout.map(lab.timeout(after:)), file: file, line: line)
                place = lab.place(of: segment) + 1
                segments[name] = segment
            }
        case .carriesOnly(let patterns, let inAnyOrder, let since):
            try lab.expectCarried(
                patterns, since: try place(since, lab), inAnyOrder: inAnyOrder, file: file, line: line)
        case .carriesNothing(let since):
            try lab.expectNothingCarried(since: try place(since, lab), file: file, line: line)
        case .carriesCount(let count, let pattern, let since):
            try lab.expect(pattern, carried: count, since: try place(since, lab), file: file, line: line)
        case .carriesAtLeast(let count, let pattern, let timeout, let since):
            try lab.expect(
                pattern, carriedAtLeast: count, since: try place(since, lab),
                within: timeout.map(lab.timeout(after:)),
                file: file, line: line)
        case .carriesNothingBut(let patterns, let since):
            let others = lab.carried(since: try place(since, lab)).map(\.view).filter { view in
                !patterns.contains { $0.matches(view) }
            }
            lab.expect(
                "the wire carries nothing but " + patterns.map(\.description).joined(separator: ", "),
                others.isEmpty, seen: others.isEmpty ? "nothing else" : SegmentView.describe(others),
                witnesses: ["segments"], file: file, line: line)
        case .carriesNoReset(let since):
            let resets = lab.carried(since: try place(since, lab)).filter(\.segment.isRST).map(\.view)
            lab.expect(
                "no reset on the wire", resets.isEmpty, seen: SegmentView.describe(resets), witnesses: ["segments"],
                file: file, line: line)
        case .carriesAgain(let pattern, let name, let timer, let again):
            let first = try segment(name)
            _ = try lab.requireAgain(pattern, first: first, timer: timer, file: file, line: line)
            segments[again] = lab.carried().first { $0.stamp > first.stamp && pattern.matches($0.view) }
        case .hasCarried(let pattern, let name):
            segments[name] = try lab.requireLast(pattern, file: file, line: line)
        case .staysQuiet(let duration): try lab.expectQuiet(for: duration, file: file, line: line)
        case .backsOff(let pattern, let name, let timeout, let times):
            try lab.expectBackoff(
                of: pattern, after: try segment(name), timeout: timeout, count: times, file: file, line: line)
        default: break
        }
    }

    func place(_ since: Since, _ lab: Lab) throws -> Int {
        switch since {
        case .stepBegan: lab.stepStart
        case .chapterBegan: lab.chapterStart
        case .attemptBegan: 0
        case .place(let name): try find(name, in: places)
        }
    }

    // MARK: Forgery

    private func segment(_ forged: Forged, _ lab: Lab) throws -> TCPSegment {
        TCPSegment(
            source: try address(forged.source, lab), destination: try address(forged.destination, lab),
            sequence: try number(forged.sequence), acknowledgement: try forged.acknowledgement.map(number) ?? 0,
            flags: forged.flags, options: forged.mss.map { [.mss(Int($0))] } ?? [], payload: Array(forged.payload.utf8))
    }

    private func changed(_ segment: TCPSegment, _ changes: Changes) throws -> TCPSegment {
        var changed = segment
        if let flags = changes.flags { changed.flags = flags }
        if let sequence = changes.sequence { changed.sequence = try number(sequence) }
        if let payload = changes.payload { changed.payload = Array(payload.utf8) }
        if let timestamp = changes.timestamp {
            let base = try self.segment(timestamp.segment).segment.timestamps?.value ?? 0
            changed = changed.dated(beyond(base, timestamp.plus))
        }
        return changed
    }

    private func number(_ number: SequenceNumber) throws -> UInt32 {
        switch number {
        case .absolute(let value): value
        case .beginOf(let name, let plus): beyond(try segment(name).segment.sequence, plus)
        case .endOf(let name, let plus): beyond(try segment(name).segment.endSequence, plus)
        case .acknowledgedBy(let name, let plus): beyond(try segment(name).segment.acknowledgement, plus)
        }
    }

    private func beyond(_ base: UInt32, _ plus: Int) -> UInt32 { base &+ UInt32(truncatingIfNeeded: plus) }
}

extension TCPSegment {
    /// The same with another timestamp of its own; without timestamps, as it is.
    fileprivate func dated(_ value: UInt32) -> TCPSegment {
        var copy = self
        copy.options = options.map {
            if case .timestamps(_, let echo) = $0 { .timestamps(value: value, echo: echo) } else { $0 }
        }
        return copy
    }
}
