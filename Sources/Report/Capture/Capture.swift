internal import FoundationEssentials
package import Record

/// What crossed the interface of one host in one attempt, as a pcapng file that Wireshark opens.
///
/// Each host has a file of its own: what was held, lost or forged on the way is in the one and not in the other.
package struct Capture: Sendable {
    /// `close.simultaneous.A.pcapng`.
    package let name: String
    /// The whole file.
    package let bytes: [UInt8]

    /// The captures of an attempt; none of a host whose interface nothing crossed.
    package static func all(_ outcome: Outcome, header: RunHeader) -> [Capture] {
        hosts(outcome).compactMap { Capture(outcome, host: $0, header: header) }
    }

    /// The names of these captures, without their bytes.
    package static func names(_ outcome: Outcome) -> [String] {
        hosts(outcome).filter { host in
            outcome.facts.contains { fact in
                guard case .segment(let fact) = fact else { return false }
                return fact.frame != nil && (fact.from == host ? fact.departure : fact.arrival) != nil
            }
        }.map { name(outcome, host: $0) }
    }

    /// The hosts whose interfaces are meant: what goes over the loopback never comes to the other.
    private static func hosts(_ outcome: Outcome) -> [String] { outcome.link == "loopback" ? ["A"] : ["A", "B"] }

    /// In which packet of which host's capture each segment is, counted from 1, by its place among the facts.
    static func numbers(_ outcome: Outcome) -> [Int: [String: Int]] {
        var numbers: [Int: [String: Int]] = [:]
        for host in hosts(outcome) {
            for (number, packet) in packets(outcome.facts, host: host).enumerated()
            where numbers[packet.fact]?[host] == nil {
                numbers[packet.fact, default: [:]][host] = number + 1
            }
        }
        return numbers
    }

    private static func name(_ outcome: Outcome, host: String) -> String {
        FileName.safe("\(outcome.name.replacing(" #", with: "-")).\(host).pcapng")
    }

    private struct Packet {
        /// The place of the segment among the attempt's facts.
        let fact: Int
        let at: Int64
        let frame: [UInt8]
        let isInbound: Bool
        var comments: [String]

        /// The address of the interface, which an Ethernet header has at its front or behind the peer's.
        var ownAddress: [UInt8]? {
            frame.count < 12 ? nil : isInbound ? Array(frame[0..<6]) : Array(frame[6..<12])
        }
    }

    private init?(_ outcome: Outcome, host: String, header: RunHeader) {
        var packets = Self.packets(outcome.facts, host: host)
        guard !packets.isEmpty else { return nil }
        for case .transition(let fact) in outcome.facts where fact.host == host {
            // What a host sends follows its change of state, what it receives comes before: the nearest is meant.
            let nearest = Self.nearest(fact.at, packets)
            let time = seconds(fact.at, decimals: 6)
            packets[nearest].comments.append("\(fact.name) \(fact.old) > \(fact.new) at \(time)")
        }
        name = Self.name(outcome, host: host)
        let scenario = outcome.scenario
        var file = PcapNGWriter(
            comment: "\(outcome.name), \(outcome.verdict.word): \(scenario.claim)",
            system: "Linux \(header.kernel.release) \(header.kernel.machine)", application: header.tool)
        file.addInterface(
            name: host, description: "host \(host) of \(outcome.name), link \(outcome.link)",
            mac: packets.lazy.compactMap(\.ownAddress).first)
        let base = Self.begin(header).plus(outcome.start)
        for packet in packets {
            file.addPacket(
                at: UInt64(max(0, base.plus(packet.at))), frame: packet.frame, isInbound: packet.isInbound,
                comments: packet.comments)
        }
        bytes = file.bytes
    }

    /// The begin of the run in nanoseconds of the era; 0 when the record does not tell.
    private static func begin(_ header: RunHeader) -> Int64 {
        guard let text = header.startedAt, let date = try? Date(text, strategy: .iso8601) else { return 0 }
        return Int64(nanosecondsOf: date.timeIntervalSince1970)
    }

    /// The place of the packet that was nearest to a time, the first of several; packets are in the order of time.
    private static func nearest(_ time: Int64, _ packets: [Packet]) -> Int {
        var (low, high) = (0, packets.count)
        while low < high {
            let middle = (low + high) / 2
            if packets[middle].at < time { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        if low < packets.count, packets[low].at.minus(time) < time.minus(packets[low - 1].at) { return low }
        let before = packets[low - 1].at
        while low > 1, packets[low - 2].at == before { low -= 1 }
        return low - 1
    }

    /// What a capture may hold; copies could make it as large as anybody likes.
    private static let largest = 32 << 20

    private static func packets(_ facts: [Event], host: String) -> [Packet] {
        var packets: [Packet] = []
        var room = largest
        for (place, event) in facts.enumerated() {
            guard case .segment(let fact) = event else { continue }
            let isOwn = fact.from == host
            guard let frame = fact.frame?.bytes, let at = isOwn ? fact.departure : fact.arrival else { continue }
            let packet = Packet(
                fact: place, at: at, frame: frame, isInbound: !isOwn,
                comments: fact.fateWords(isOwn: isOwn).map { [$0] } ?? [])
            let copies = isOwn ? 1 : max(0, min(fact.copies ?? 1, room / max(1, frame.count)))
            room -= copies * frame.count
            packets += Array(repeating: packet, count: copies)
        }
        return packets.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

extension SegmentFact {
    /// When it left its host; nil when it never did, or has been told of before.
    fileprivate var departure: Int64? { fate == .injected || fate == .released ? nil : at }

    /// When it arrived at the other host; nil when it did not, or will be told of later.
    fileprivate var arrival: Int64? {
        switch fate {
        case .held, .dropped: nil
        case .delayed: due ?? at
        case .passed, .released, .injected: at
        }
    }

    fileprivate func fateWords(isOwn: Bool) -> String? {
        switch fate {
        case .passed: copies.map { isOwn ? "the wire delivers \($0) copies" : "one of \($0) copies" }
        case .held: "held by the wire"
        case .released: "had been held by the wire"
        case .dropped: "lost by the wire"
        case .delayed: "delayed by the wire"
        case .injected: "forged by the wire: no kernel sent this"
        }
    }
}
