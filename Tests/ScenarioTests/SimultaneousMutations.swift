import Acts
import Lab
import Linux
import Packets
import Worker

let simultaneousMutations = [
    Mutation(
        "open.simultaneous", "one end does not confirm the other's SYN", .swallow("<SYN/ACK"),
        says: "the wire carries <SYN/ACK seq=0 ack=1", "SYN> <SYN SYN/ACK>"),
    Mutation(
        "open.simultaneous", "one end refuses the SYN that crossed its own", .turn("<SYN/ACK", into: [.RST, .ACK]),
        says: "the wire carries <SYN/ACK seq=0 ack=1", "<RST/ACK"),
    Mutation(
        "open.simultaneous", "one end sends its SYN/ACK with another initial sequence number",
        .replace("SYN/ACK>") {
            var changed = $0
            changed.sequence &+= 1000
            return [changed]
        }, says: "the SYN/ACK of A has the sequence number of its SYN", "seen"),

    Mutation(
        "open.simultaneous-segment-count", "four segments suffice, as the documents have it", .swallowACKs(),
        says: "<SYN/ACK seq=0 ack=1, ACK> seq=1 ack=1, <ACK seq=1 ack=1", "no ACK> seq=1 ack=1"),
    Mutation(
        "open.simultaneous-segment-count", "one end sends one ACK more", .double("ACK>"),
        says: "SYN/ACK> seq=0 ack=1, <SYN/ACK seq=0 ack=1", "unexpected ACK>"),
    Mutation(
        "open.simultaneous-segment-count", "one end does not report the duplicate",
        .replace("ACK>") {
            var ack = $0
            ack.options.removeAll { if case .sack = $0 { true } else { false } }
            return [ack]
        }, says: "report a duplicate", "seen"),
    Mutation(
        "open.simultaneous-segment-count", "nobody reports duplicates", .setting("tcp_dsack", "0"),
        says: "TCPSYNChallenge +1", "TCPSYNChallenge +0"),

    Mutation(
        "open.simultaneous-needs-crossing", "a closed port keeps silent", .swallow("<RST/ACK"),
        says: "connect(", "on early a returns", "still blocked"),
    Mutation(
        "open.simultaneous-needs-crossing", "SYNs that cross are not confirmed", .swallow("SYN/ACK>"),
        says: "SYN/ACK>", "no SYN/ACK>"),
    Mutation(
        "open.simultaneous-needs-crossing", "SYNs that cross are refused", .turn("SYN/ACK>", into: [.RST, .ACK]),
        says: "the wire carries SYN>, <SYN, SYN/ACK>", "RST/ACK>", "no SYN/ACK>"),

    Mutation(
        "open.self-connect", "the socket connects to another port",
        .call { _, request in
            if case .connect(let fd, let target) = request {
                .connect(fd, SocketAddress(target.ip, target.port + 100))
            } else {
                nil
            }
        }, says: "connect(", "on self returns 0", "ECONNREFUSED"),
    Mutation(
        "open.self-connect", "shutdown() does not close the sending side",
        .shutdown(on: .a) { .shutdown($0, shutRead) },
        says: "self TIME_WAIT minisock", "seen self ESTABLISHED"),
    Mutation(
        "open.self-connect", "the third segment reports no duplicate and challenges nothing",
        .setting("tcp_dsack", "0"), says: "TCPSYNChallenge +1", "TCPSYNChallenge +0"),
]

extension FaultInjection {
    /// Neither end sends a pure ACK.
    fileprivate static func swallowACKs() -> FaultInjection {
        var faults = FaultInjection()
        faults.segments = { $0.segment.isPureACK ? [] : [$0.segment] }
        return faults
    }
}
