internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// Segments that a third party throws into an established connection.
enum Challenging {
    static let all = [challengeACK]

    static let challengeACK = Scenario(
        "est.challenge-ack",
        claim:
            "In ESTABLISHED only a reset with the very next sequence number ends the connection. Other segments that "
            + "might be forged are answered by a challenge ACK or not at all, and challenges are limited.",
        cites: [
            .rfc(5961, "3-5, 7"), .kernel("tcp_input.c", "tcp_validate_incoming"),
            .kernel("tcp_input.c", "tcp_send_challenge_ack"), .kernel("tcp_input.c", "tcp_oow_rate_limited"),
        ],
        verdict: .unclaimed,
        steps: [
            "B gets RST, SYN, SYN/ACK, FIN, ACK and data that do not fit, each as from A; limits are off",
            "two resets with the limit of a socket on: the second is not answered",
            "six resets with the limit of the namespace at one a second, where it has one",
            "a reset that fits",
        ]
    ) { lab in
        let pair = try lab.connectedPair()
        let forgery = try lab.forgery(of: pair.client)
        lab.expect(
            "a socket sends one challenge in 500 ms", try lab.b.sysctl("tcp_invalid_ratelimit") == "500",
            seen: try lab.b.sysctl("tcp_invalid_ratelimit") ?? "no such sysctl", witnesses: ["sysctl"])
        try lab.b.set(sysctl: "tcp_invalid_ratelimit", to: "0")

        try lab.chapter("a reset below the window, then one in it")
        try forgery.send(.RST, sequence: -100_000)
        try forgery.send(.RST, sequence: 100)
        try expectChallenge(lab, counts: ["TCPChallengeACK": 1, "TCPSYNChallenge": 0, "InErrs": 0])
        for (words, flags, offset) in [
            ("SYN in the window", .SYN, 100), ("SYN below the window", .SYN, -90_000),
            ("SYN/ACK once more", [.SYN, .ACK], -1),
        ] as [(String, TCPFlags, Int)] {
            try lab.chapter(words)
            try forgery.send(flags, sequence: offset)
            try expectChallenge(lab, counts: ["TCPChallengeACK": 1, "TCPSYNChallenge": 1, "InErrs": 1])
        }

        try lab.chapter("FIN beyond the window")
        try forgery.send([.FIN, .ACK], sequence: 2_000_000, echo: 0)
        try expectChallenge(lab, counts: ["TCPChallengeACK": 0, "TCPSYNChallenge": 0, "InErrs": 0])
        let isCounted = try lab.b.counters()["BeyondWindow"] != nil
        lab.sawVariant(isCounted ? "beyond the window is counted" : "beyond the window is not counted")
        if isCounted { try lab.expect(lab.b, counts: ["BeyondWindow": 1]) }

        try neverSent(lab, forgery, pair)
        let later = try lab.forgery(of: pair.client)
        try limitOfSocket(lab, later)
        try limitOfNamespace(lab, later, pair)

        try lab.chapter("a reset that fits")
        try lab.forgery(of: pair.client).send(.RST)
        try lab.requireGone(pair.server)
        try lab.expect(pair.server, passes: .LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
        lab.expect(try pair.server.ask(.recv(100)), fails: .ECONNRESET)
        try lab.expect(lab.b, counts: ["EstabResets": 1, "OutRsts": 0, "TCPChallengeACK": 0])
        try lab.require(pair.client, shows: .row(.ESTABLISHED, .owned))  // nobody has told A
    }

    /// Segments that TCP ignores, and an acknowledgement that some kernels answer.
    private static func neverSent(_ lab: Lab, _ forgery: Forgery, _ pair: Connection) throws {
        try lab.chapter("no flags, data without ACK; then an ACK of what was never sent")
        try forgery.send([], echo: 0)
        try forgery.send(.PSH, payload: "zz", echo: 0)
        try forgery.send(.ACK, acknowledgement: 50_000, echo: 0)
        let answers = try expectData(lab, pair)
        lab.sawVariant(answers == 1 ? "ACK of the unsent is challenged" : "ACK of the unsent is dropped")
        lab.expect("at most one challenge", answers <= 1, seen: "\(answers)", witnesses: ["segments"])
        try lab.expect(
            lab.b, counts: ["TCPChallengeACK": Int64(answers), "TCPSYNChallenge": 0, "InErrs": 0, "EstabResets": 0])
    }

    /// A sends a byte, and B acknowledges it after whatever it had to answer before; returns how many answers those were.
    private static func expectData(_ lab: Lab, _ pair: Connection) throws -> Int {
        try pair.client.send("x")
        lab.expect(try pair.server.ask(.recv(100)), reads: "x")
        let sent = try lab.requireCarried("DATA> len=1").segment
        func acks() -> [WireSegment] { lab.carried().filter { $0.from == pair.server.host.name } }
        try lab.require("B acknowledges the byte", seen: { "\(acks().map(\.view))" }) {
            acks().last?.segment.acknowledgement == sent.endSequence
        }
        try lab.require(pair.server, shows: .row(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0))
        return acks().count - 1
    }

    /// Expects exactly one ACK of B in this chapter, counted so.
    private static func expectChallenge(_ lab: Lab, counts: [String: Int64]) throws {
        try lab.expectCarried("<ACK seq=1")
        try lab.expect(lab.b, counts: counts)
    }

    private static func limitOfSocket(_ lab: Lab, _ forgery: Forgery) throws {
        // A minute instead of half a second, so that the machine need not be quick.
        try lab.b.set(sysctl: "tcp_invalid_ratelimit", to: "60000")
        try lab.chapter("the limit of a socket")
        try forgery.send(.RST, sequence: 100)
        try lab.expect(lab.b, counts: ["TCPACKSkippedChallenge": 1, "TCPChallengeACK": 0])
        try lab.b.set(sysctl: "tcp_invalid_ratelimit", to: "0")
        try forgery.send(.RST, sequence: 100)
        try expectChallenge(lab, counts: ["TCPACKSkippedChallenge": 1, "TCPChallengeACK": 1])
    }

    private static func limitOfNamespace(_ lab: Lab, _ forgery: Forgery, _ pair: Connection) throws {
        let name = "tcp_challenge_ack_limit"
        let resets = 6
        let limit = try lab.b.sysctl(name)
        guard limit != "1000" else {
            // Whoever is the first in a second sets the budget of all: our limit would be that of others.
            return lab.sawVariant("1000 challenges a second on the whole machine")
        }
        lab.sawVariant("a limit for each namespace, off")
        lab.expect("no limit", limit == "\(Int32.max)", seen: limit ?? "no such sysctl", witnesses: ["sysctl"])
        try lab.b.set(sysctl: name, to: "1")
        try lab.chapter("the limit of a namespace")
        let start = Instant.now
        for _ in 0..<resets { try forgery.send(.RST, sequence: 100) }
        let answers = try expectData(lab, pair)
        let took = Instant.now - start
        guard took < .seconds(Int64(resets) - 3) else {
            throw ScenarioStop.harness("the machine was too busy to send \(resets) segments in less than \(took)")
        }
        // One in each second of the kernel's clock that was touched.
        lab.expect(
            "one challenge a second", answers >= 1 && .seconds(Int64(answers) - 2) < took, seen: "\(answers)",
            witnesses: ["segments"])
        try lab.expect(lab.b, counts: ["TCPChallengeACK": Int64(answers)])
    }
}
