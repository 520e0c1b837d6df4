import Acts
import Lab
import Packets
import Worker

let finWaitMutations = [
    Mutation(
        "close.fin-wait1-visible", "the FIN is not repeated", .swallow("FIN>", 2...Int.max),
        says: "the wire carries FIN> seq=1 ack=1 again", "SYN>"),
    Mutation(
        "close.fin-wait1-visible", "the FIN is repeated at once", .double("FIN>", 1...1),
        says: "FIN> seq=1 ack=1 comes again, time 1, after", "seen 0.0 s"),
    Mutation(
        "close.fin-wait1-visible", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "client FIN_WAIT1 owned timer retransmit wqueue 1", "seen client FIN_WAIT1 orphan"),

    Mutation(
        "close.fin-wait2-persists-with-fd", "shutdown() closes", .shutdown(on: .a) { .close($0) },
        says: "client FIN_WAIT2 owned timer off", "FIN_WAIT2"),
    Mutation(
        "close.fin-wait2-persists-with-fd", "FIN_WAIT2 is shorter", .setting("tcp_fin_timeout", "1"),
        says: "the timer of client is set for 2.992...3.024 s", "s (FIN_WAIT2 minisock"),

    Mutation(
        "close.fin-wait2-mass", "the process lives on",
        .call { _, request in
            if case .exit = request { .setSignal(10, .ignored) } else { nil }
        }, says: "process A.clients ends: exit 0", "seen it lives"),
    Mutation(
        "close.fin-wait2-mass", "there is room for half of them", .setting("tcp_max_tw_buckets", "100"),
        says: "A has 200 minisocks in FIN_WAIT2", "seen 100"),

    Mutation(
        "close.fin-wait2-late-fin-rst", "the late FIN is not answered", .swallow("RST>"),
        says: "no row of client in netlink", "seen client LAST_ACK orphan"),
    Mutation(
        "close.fin-wait2-late-fin-rst", "FIN_WAIT2 does not run out", .setting("tcp_fin_timeout", "60"),
        says: "server vanishes 3.0...", "still there"),
    Mutation(
        "close.fin-wait2-late-fin-rst", "the process closes when it should not",
        .turn("<ACK", into: [.FIN, .ACK], 2...2), says: "server FIN_WAIT2 minisock timer timewait",
        "seen server TIME_WAIT minisock"),

    Mutation(
        "close.fin-wait2-in-time", "FIN_WAIT2 lasts a minute", .setting("tcp_fin_timeout", "60"),
        says: "server FIN_WAIT2 minisock timer timewait expires 0.0...10.008 s", "seen server FIN_WAIT2 minisock"),
    Mutation(
        "close.fin-wait2-in-time", "the client's FIN is not acknowledged", .swallow("ACK>"),
        says: "the wire carries ACK> seq=2 ack=2", "seen <FIN"),
    Mutation(
        "close.fin-wait2-in-time", "the client's end resets", .turn("<FIN", into: [.RST, .ACK]),
        says: "server TIME_WAIT minisock", "has no row"),
]
