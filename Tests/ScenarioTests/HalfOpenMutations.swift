import Acts
import Lab
import Packets
import Worker

let halfOpenMutations = [
    Mutation(
        "halfopen.silent", "the peer does not forget", .close(on: .b) { .shutdown($0, shutBoth) },
        says: "the reset of server is lost on the cut cable", "<FIN"),
    Mutation(
        "halfopen.silent", "a call says that something is wrong",
        .call { host, request in
            if host == .a, case .poll(let fd) = request { .receive(fd, count: 100, .MSG_DONTWAIT) } else { nil }
        }, says: "on client reports OUT", "EAGAIN"),

    Mutation(
        "halfopen.accumulate-and-reap", "two probes are sent", .socketOption(.TCP_KEEPCNT, 2),
        says: "the wire carries 20 × <ACK seq=0 len=0", "40 of"),
    Mutation(
        "halfopen.accumulate-and-reap", "keepalive does nothing", .socketOption(.SO_KEEPALIVE, 0),
        says: "no row of server 1 in netlink", "server 1 ESTABLISHED"),

    Mutation(
        "halfopen.write-to-rebooted", "late data is not answered", .swallow("<RST"),
        says: "the wire carries DATA> seq=1 ack=1 len=4, <RST seq=1", "DATA>"),
    Mutation(
        "halfopen.write-to-rebooted", "late data is acknowledged", .turn("<RST", into: .ACK),
        says: "the wire carries DATA> seq=1 ack=1 len=4, <RST seq=1", "<ACK"),

    Mutation(
        "halfopen.write-to-silent", "it gives up early", .setting("tcp_retries2", "1"),
        says: "data is given up when a timer runs out 3.0 s after its first retransmission", "given up after"),
    Mutation(
        "halfopen.write-to-silent", "nothing is sent again", .swallow("DATA>", 2...Int.max),
        says: "A sends again or gives up", "DATA>"),

    Mutation(
        "halfopen.half-closed-peer-gone", "the orphan's timeout is shorter", .setting("tcp_fin_timeout", "1"),
        says: "client without descriptor vanishes 3.0...", "gone after"),
    Mutation(
        "halfopen.half-closed-peer-gone", "keepalive is not served in FIN_WAIT2", .socketOption(.SO_KEEPALIVE, 0),
        says: "no row of client with keepalive", "FIN_WAIT2"),
]
