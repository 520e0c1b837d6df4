internal import Acts
internal import Judge
internal import Linux
package import Packets
internal import Record
internal import Worker

/// Resets that the scenario says are no news, from a place in the wire's log on.
struct ToleratedResets {
    let patterns: [SegmentPattern]
    let start: Int
    /// Where the chapter ends; nil while it goes on.
    var end: Int?

    func cover(_ index: Int, _ view: SegmentView) -> Bool {
        index >= start && index < end ?? .max && patterns.contains { $0.matches(view) }
    }
}

// No reset goes unnoticed: what no expectation and no rule of the wire was about, nobody has expected.
extension Lab {
    /// Says that resets like these are no news in the present chapter: they come of tidying up, or of what the scenario
    /// shows by other means.
    package func tolerate(resets patterns: SegmentPattern...) {
        toleratedResets.append(ToleratedResets(patterns: patterns, start: chapterStart))
    }

    /// Takes the resets of some patterns, from a place in the log on, for expected.
    func claimResets(matching patterns: [SegmentPattern], since place: Int) {
        for index in resets(since: place) where patterns.contains(where: { $0.matches(wire.log[index].view) }) {
            claimedResets.insert(index)
        }
    }

    /// Takes the next reset of a host that nothing was expected of for expected.
    func claimReset(of host: HostName) {
        if let index = resets(since: 0).first(where: { wire.log[$0].from == host && !claimedResets.contains($0) }) {
            claimedResets.insert(index)
        }
    }

    /// Takes so many resets of a host in the present chapter, which the kernel counted, for expected.
    func claimResets(of host: HostName, count: Int) {
        let own = resets(since: chapterStart).filter { wire.log[$0].from == host }
        if own.count <= count { claimedResets.formUnion(own) }
    }

    /// Takes the reset that a socket tells of by an error for expected.
    func claimReset(told errno: Errno?, by socket: Socket?) {
        guard let socket, errno == .ECONNRESET || errno == .ECONNREFUSED else { return }
        let index = resets(since: 0).last {
            let segment = wire.log[$0].segment
            return (segment.source == socket.remote || socket.remote == nil)
                && (segment.destination == socket.local || socket.local == nil)
        }
        if let index { claimedResets.insert(index) }
    }

    /// Resets of the hosts themselves, by their place in the log.
    private func resets(since place: Int) -> [Int] {
        wire.log.indices.dropFirst(place).filter { wire.log[$0].segment.isRST && wire.log[$0].fate != .injected }
    }

    /// Expects that every reset was expected.
    func expectNoOtherReset() {
        let others = resets(since: 0).filter { index in
            let segment = wire.log[index]
            return !claimedResets.contains(index) && !segment.metNamedRule
                && !toleratedResets.contains { $0.cover(index, segment.view) }
        }
        guard let first = others.first else { return }
        record(
            Finding(
                Expectation(
                    "no reset but those that something was expected of", exactness: .always, location: location,
                    witnesses: ["segments"]),
                .broken(
                    seen: others.map { wire.log[$0].view.description }.joined(separator: ", "),
                    at: timeline.relative(wire.log[first].stamp))))
    }
}
