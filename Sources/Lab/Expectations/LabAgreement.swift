internal import Acts
internal import Linux
internal import Packets
internal import Record
internal import Tracing

// Comparing what one witness counts with what another saw.
extension Lab {
    /// Expects the counter of retransmissions, the segments on the wire and the tracepoint to agree on both hosts.
    ///
    /// netem loses segments before they can be captured; then only counter and tracepoint are compared.
    package func expectRetransmissionsAgree(file: StaticString = #fileID, line: Int = #line) throws {
        try synchronize()
        for host in [a!, b!] {
            let counted = Int(try host.counters()["RetransSegs"] ?? 0)
            if linkUsed == "relay" {
                let carried = repeated(from: host.name)
                record(
                    passed: carried == counted,
                    expected: "segments repeated by \(host.name.rawValue) on the wire = RetransSegs",
                    seen: "\(carried) on the wire, RetransSegs \(counted)", witnesses: ["segments", "counters"],
                    location: here(file, line))
            }
            guard configuration.trace != nil else { continue }
            let traced = paths.packets.count {
                ($0.tracepoint == .retransmit || $0.tracepoint == .retransmitSynAck) && $0.host == host.name
            }
            // One event may stand for several segments that were sent again together.
            record(
                passed: traced <= counted && (traced == 0) == (counted == 0),
                expected: "retransmissions traced on \(host.name.rawValue) account for RetransSegs",
                seen: "\(traced) traced, RetransSegs \(counted)", witnesses: ["trace", "counters"],
                location: here(file, line))
            measure(
                "retransmissions of \(host.name.rawValue)", Double(counted), "segments",
                neverComparedSince: "how often something is sent again is left to the link, or the machine's load")
        }
    }

    /// Segments of a host whose whole sequence range had been sent before.
    ///
    /// Not those that merely lie below the highest number seen: when a process moves to another processor, frames
    /// can overtake each other inside the host.
    private func repeated(from host: HostName) -> Int {
        var sent: [(start: UInt32, end: UInt32)] = []
        var count = 0
        for segment in carried() where segment.from == host && segment.segment.sequenceLength > 0 {
            let range = (start: segment.segment.sequence, end: segment.segment.endSequence)
            let isKnown = sent.contains {
                range.start &- $0.start <= $0.end &- $0.start && range.end &- $0.start <= $0.end &- $0.start
            }
            if isKnown { count += 1 }
            sent = merged(sent, range)
        }
        return count
    }

    private func merged(
        _ ranges: [(start: UInt32, end: UInt32)], _ new: (start: UInt32, end: UInt32)
    ) -> [(start: UInt32, end: UInt32)] {
        var new = new
        var rest: [(start: UInt32, end: UInt32)] = []
        for range in ranges {
            // Apart: one ends before the other starts.
            if Int32(bitPattern: range.start &- new.end) > 0 || Int32(bitPattern: new.start &- range.end) > 0 {
                rest.append(range)
            } else {
                if Int32(bitPattern: range.start &- new.start) < 0 { new.start = range.start }
                if Int32(bitPattern: range.end &- new.end) > 0 { new.end = range.end }
            }
        }
        return rest + [new]
    }
}
