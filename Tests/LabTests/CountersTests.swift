import Testing

@testable import Lab

@Suite("Counters of a namespace")
struct CountersTests {
    private static let netstat = """
        TcpExt: SyncookiesSent TW TWRecycled TWKilled PAWSEstab BeyondWindow DelayedACKs TCPSYNChallenge TCPChallengeACK
        TcpExt: 0 12 0 3 0 0 14 2 2
        IpExt: InNoRoutes InTruncatedPkts InOctets OutOctets
        IpExt: 0 0 24746257 83018
        MPTcpExt: MPCapableSYNRX MPCapableSYNTX
        MPTcpExt: 0 0

        """

    private static let snmp = """
        Ip: Forwarding DefaultTTL InReceives
        Ip: 2 64 711
        Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab
        Tcp: 1 200 120000 -1 14 2 1 0 3
        Udp: InDatagrams NoPorts
        Udp: 20 0

        """

    @Test("TCP's counters by the names the kernel gives them, and nobody else's")
    func golden() {
        var counters: [String: Int64] = [:]
        Counters.parse(Self.netstat, into: &counters)
        #expect(counters.count == 9)
        #expect(counters["TW"] == 12)
        #expect(counters["TCPChallengeACK"] == 2)
        Counters.parse(Self.snmp, into: &counters)
        #expect(counters.count == 18)
        #expect(counters["MaxConn"] == -1)
        #expect(counters["ActiveOpens"] == 14)
        #expect(counters["CurrEstab"] == 3)
        #expect(counters["InOctets"] == nil && counters["InDatagrams"] == nil)
    }

    @Test("Of the socket statistics those that are a namespace's own")
    func sockstat() {
        var counters: [String: Int64] = [:]
        Counters.parse(
            sockstat: """
                sockets: used 10
                TCP: inuse 5 orphan 2 tw 1 alloc 7 mem 9
                UDP: inuse 3 mem 0

                """, into: &counters)
        #expect(counters == ["sockstat.inuse": 5, "sockstat.tw": 1])
        Counters.parse(sockstat: "TCP: inuse", into: &counters)
        #expect(counters.count == 2)
    }

    @Test(
        "Lines that do not pair are passed over",
        arguments: ["", "Tcp:", "Tcp: A\nTcp:", "Tcp: A B\nTcp: 1", "Tcp:\nTcp:"])
    func malformed(_ text: String) {
        var counters: [String: Int64] = [:]
        Counters.parse(text, into: &counters)
        #expect(counters.isEmpty)
    }

    @Test func truncatedTextNeverTraps() {
        for text in [Self.netstat, Self.snmp] {
            for length in 0...text.count {
                var counters: [String: Int64] = [:]
                Counters.parse(String(text.prefix(length)), into: &counters)
            }
        }
    }
}
