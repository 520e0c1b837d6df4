internal import Vocabulary

/// Segments that a third party throws into an established connection.
enum Challenging {
    static let all = [challengeACK]

    static let challengeACK = Scenario(
        "est.challenge-ack",
        claim:
            "In ESTABLISHED only a reset with the very next sequence number ends the connection. Other segments that "
            + "might be forged are answered by a challenge ACK or not at all, and challenges are limited.",
        cites: [
            .requirement("MAY-12"), .rfc(5961, "3.2", .holds, only: "ESTABLISHED"),
            .rfc(5961, "4.2", .holds, only: "ESTABLISHED"),
            .rfc(5961, "5.2", .holds, only: "beyond what was sent", unless: ["ACK of the unsent is dropped": .differs]),
            .rfc(5961, "7", .holds),
            .sysctl(
                "tcp_challenge_ack_limit", .holds, unless: ["1000 challenges a second on the whole machine": .differs]),
            .sysctl("tcp_invalid_ratelimit"),
            .rfc(5961, "3-5, 7"), .kernel("tcp_input.c", "tcp_validate_incoming"),
            .kernel("tcp_input.c", "tcp_send_challenge_ack"), .kernel("tcp_input.c", "tcp_oow_rate_limited"),
        ]
    ) {
        let (client, server) = connect()
        try step("a socket's limit is one challenge in 500 ms; it is taken away") {
            expect(
                "a socket sends one challenge in 500 ms", of: try B.sysctl("tcp_invalid_ratelimit"), by: .sysctl,
                is: "500")
            B.set("tcp_invalid_ratelimit", to: "0")
        }
        chapter("a reset below the window, then one in it")
        step("B gets both as from A, and challenges the second") {
            wire.forges(.RST, from: client, sequence: -100_000)
            wire.forges(.RST, from: client, sequence: 100)
            expectChallenge(counts: ["TCPChallengeACK": 1, "TCPSYNChallenge": 0, "InErrs": 0])
        }
        for (words, flags, offset) in [
            ("SYN in the window", .SYN, 100), ("SYN below the window", .SYN, -90_000),
            ("SYN/ACK once more", [.SYN, .ACK], -1),
        ] as [(String, TCPFlags, Int)] {
            chapter(words)
            step("B gets it as from A, and challenges it: \(words)") {
                wire.forges(flags, from: client, sequence: offset)
                expectChallenge(counts: ["TCPChallengeACK": 1, "TCPSYNChallenge": 1, "InErrs": 1])
            }
        }
        chapter("FIN beyond the window")
        try step("B gets a FIN beyond the window, and acknowledges it as what it is not") {
            wire.forges([.FIN, .ACK], from: client, sequence: 2_000_000, echo: 0)
            expectChallenge(counts: ["TCPChallengeACK": 0, "TCPSYNChallenge": 0, "InErrs": 0])
            let isCounted = try B.counter("BeyondWindow") != 0
            variant(isCounted ? "beyond the window is counted" : "beyond the window is not counted")
            if isCounted { B.counts(["BeyondWindow": 1]) }
        }
        try neverSent(client, server)
        limitOfSocket(client)
        try limitOfNamespace(client, server)
        chapter("a reset that fits")
        step("B gets a reset with the very next number, and is gone; A does not know") {
            wire.forges(.RST, from: client)
            server.isGone()
            server.passes(.LISTEN, .SYN_RECV, .ESTABLISHED, .CLOSE)
            server.receives(.error(.ECONNRESET))
            B.counts(["EstabResets": 1, "OutRsts": 0, "TCPChallengeACK": 0])
            client.shows(.ESTABLISHED, .owned)
        }
    }

    /// Segments that TCP ignores, and an acknowledgement that some kernels answer.
    private static func neverSent(_ client: Socket, _ server: Socket) throws {
        chapter("no flags, data without ACK; then an ACK of what was never sent")
        try step("B gets them as from A, and challenges the last at most") {
            wire.forges([], from: client, echo: 0)
            wire.forges(.PSH, from: client, payload: "zz", echo: 0)
            wire.forges(.ACK, from: client, acknowledgement: 50_000, echo: 0)
            let answers = try answersBeforeData(client, server)
            variant(answers == 1 ? "ACK of the unsent is challenged" : "ACK of the unsent is dropped")
            expect("at most one challenge", of: answers, by: .segments) { $0 <= 1 }
            B.counts(["TCPChallengeACK": Int64(answers), "TCPSYNChallenge": 0, "InErrs": 0, "EstabResets": 0])
        }
    }

    /// A sends a byte, and B acknowledges it after whatever it had to answer before; gives how many answers those were.
    private static func answersBeforeData(_ client: Socket, _ server: Socket) throws -> Int {
        client.send("x")
        server.receives("x")
        let sent = try wire.carries("DATA> len=1").seen.segment
        func acks() throws -> [CarriedSegment] { try wire.segments(from: server) }
        try waitUntil("B acknowledges the byte", of: acks) {
            $0.last?.segment.acknowledgement == sent.endSequence
        }
        server.shows(.ESTABLISHED, .owned, timer: .off, receiveQueue: 0)
        return try acks().count - 1
    }

    /// Exactly one ACK of B, counted so.
    private static func expectChallenge(counts: [String: Int64]) {
        wire.carriesOnly("<ACK seq=1")
        B.counts(counts)
    }

    private static func limitOfSocket(_ client: Socket) {
        // A minute instead of half a second, so that the machine need not be quick.
        B.set("tcp_invalid_ratelimit", to: "60000")
        chapter("the limit of a socket")
        step("two resets with the limit of a socket on: the second is not answered, until the limit is off") {
            wire.forges(.RST, from: client, sequence: 100)
            B.counts(["TCPACKSkippedChallenge": 1, "TCPChallengeACK": 0])
            B.set("tcp_invalid_ratelimit", to: "0")
            wire.forges(.RST, from: client, sequence: 100)
            expectChallenge(counts: ["TCPACKSkippedChallenge": 1, "TCPChallengeACK": 1])
        }
    }

    private static func limitOfNamespace(_ client: Socket, _ server: Socket) throws {
        let sysctl = "tcp_challenge_ack_limit"
        let resets = 6
        try step("six resets with the limit of the namespace at one a second, where it has one") {
            let limit = try B.sysctl(sysctl)
            guard limit != "1000" else {
                // Whoever is the first in a second sets the budget of all: our limit would be that of others.
                return variant("1000 challenges a second on the whole machine")
            }
            variant("a limit for each namespace, off")
            expect("no limit", of: limit, by: .sysctl, is: "\(Int32.max)")
            B.set(sysctl, to: "1")
            chapter("the limit of a namespace")
            var answers = 0
            let took = try moment {
                for _ in 0..<resets { wire.forges(.RST, from: client, sequence: 100) }
                answers = try answersBeforeData(client, server)
            }.length
            guard took < .seconds(Int64(resets) - 3) else {
                try giveUp("the machine was too busy to send \(resets) segments in less than \(took)")
            }
            // One in each second of the kernel's clock that was touched.
            expect("one challenge a second", of: answers, by: .segments) {
                $0 >= 1 && .seconds(Int64($0) - 2) < took
            }
            B.counts(["TCPChallengeACK": Int64(answers)])
        }
    }
}
