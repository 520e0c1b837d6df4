internal import Compare

/// What kernels do differently with segments that may be forged, and with sockets aborted from outside.
let forgeryChanges: [KnownChange] = [
    KnownChange(
        commits: ["a28c4fcbf774"], mainline: KernelVersion(7, 2),
        backports: [Backport(6, 1, 191...), Backport(6, 12, 105...), Backport(6, 18)],
        scenarios: ["open.syn-recv-rst"],
        signs: [
            .variant(without: "RST in the window ends the request", with: "RST in the window is challenged"),
            .consequences([.path, .call, .segment, .packet, .counter]),
        ],
        words: "a reset within the window, but not with the very next sequence number, is answered by a challenge ACK "
            + "while the connection is a request; before, it ended the request"),
    KnownChange(
        commits: ["42726ec644cb"], mainline: KernelVersion(7, 1), backports: [Backport(6, 18)],
        scenarios: ["est.challenge-ack"],
        signs: [
            .variant(without: "ACK of the unsent is dropped", with: "ACK of the unsent is challenged"),
            .counters(without: [], with: ["TCPChallengeACK"]), .repetitions(tracepoint: nil),
        ],
        words: "an acknowledgement of what was never sent is answered by a challenge ACK; before, it was dropped"),
    KnownChange(
        commits: ["6c758062c64d"], mainline: KernelVersion(6, 17), kind: .counters, scenarios: ["*"],
        signs: [
            .variant(without: "beyond the window is not counted", with: "beyond the window is counted"),
            .counters(without: [], with: ["BeyondWindow"]),
        ],
        words: "segments beyond the window are counted (BeyondWindow)"),
    KnownChange(
        commits: ["3ba075278c11"], mainline: KernelVersion(6, 15), scenarios: ["open.syn-recv-rst"],
        signs: [
            .variant(without: "wrong echo opens", with: "wrong echo is rejected"),
            .counters(without: [], with: ["TSEcrRejected"]), .consequences([.segment]),
        ],
        anywhere: [
            .counters(without: [], with: ["TSEcrRejected"]),
            .consequences([.segment, .path, .call, .verdict, .packet, .counter]),
        ],
        words: "while the connection is a request, an ACK that echoes a timestamp which was never sent is rejected "
            + "(TSEcrRejected); before, it opened the connection"),
    KnownChange(
        commits: ["bac76cf89816"], mainline: KernelVersion(6, 11),
        backports: [Backport(6, 1, 132...), Backport(6, 6), Backport(6, 10, 8...)], scenarios: ["est.sock-destroy"],
        signs: [
            .variant(without: "orphans are left alone", with: "orphans are destroyed"),
            .consequences([.path, .segment, .packet, .counter]),
        ],
        words: "SOCK_DESTROY ends orphans too; before, it did nothing to them and said that it had"),
    KnownChange(
        commits: ["af9784d007d8"], mainline: KernelVersion(6, 0), scenarios: ["est.sock-destroy"],
        signs: [.variant(without: "minisocks cannot be destroyed", with: "minisocks are destroyed")],
        words: "SOCK_DESTROY takes away time-wait minisocks; before, it failed with EOPNOTSUPP"),
    KnownChange(
        commits: ["79e3602caa6f"], mainline: KernelVersion(6, 0), scenarios: ["est.challenge-ack"],
        signs: [
            .variant(
                without: "1000 challenges a second on the whole machine", with: "a limit for each namespace, off"),
            .consequences([.segment]),
        ],
        words: "the limit of challenge ACKs is each namespace's own and off; before, it was 1000 a second for all"),
]
