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

    private func counters(_ netstat: String, _ snmp: String = "", _ sockstat: String = "") -> Counters {
        Counters(netstat: Array(netstat.utf8), snmp: Array(snmp.utf8), sockstat: Array(sockstat.utf8))
    }

    @Test("TCP's counters by the names the kernel gives them, and nobody else's")
    func golden() {
        #expect(counters(Self.netstat).count == 9)
        let counters = counters(Self.netstat, Self.snmp)
        #expect(counters.count == 18)
        #expect(counters["TW"] == 12)
        #expect(counters["TCPChallengeACK"] == 2)
        #expect(counters["MaxConn"] == -1)
        #expect(counters["ActiveOpens"] == 14)
        #expect(counters["CurrEstab"] == 3)
        #expect(counters["InOctets"] == nil && counters["InDatagrams"] == nil)
    }

    private static let sockstat = """
        sockets: used 10
        TCP: inuse 5 orphan 2 tw 1 alloc 7 mem 9
        UDP: inuse 3 mem 0

        """

    @Test("Of the socket statistics those that are a namespace's own")
    func ownSockstat() {
        let counters = counters("", "", Self.sockstat)
        #expect(counters.count == 2)
        #expect(counters["sockstat.inuse"] == 5)
        #expect(counters["sockstat.tw"] == 1)
        #expect(self.counters("", "", "TCP: inuse").count == 0)
    }

    @Test("What has moved is told by how far, also where the kernel's lists are not alike")
    func moved() {
        let before = counters(Self.netstat, Self.snmp, Self.sockstat)
        #expect(before.moved(since: before).isEmpty)
        let later = counters(
            Self.netstat.replacing("0 12 0 3", with: "0 13 0 1"), Self.snmp,
            Self.sockstat.replacing("tw 1", with: "tw 4"))
        #expect(later.moved(since: before) == ["TW": 1, "TWKilled": -2, "sockstat.tw": 3])
        let other = counters("TcpExt: New TW\nTcpExt: 7 12\n", Self.snmp)
        #expect(other.moved(since: before) == ["New": 7])
        #expect(counters("TcpExt: TW\nTcpExt: 2\n").moved(since: Counters()) == ["TW": 2])
    }

    @Test(
        "Lines that do not pair are passed over",
        arguments: [
            "", "Tcp:", "Tcp: A\nTcp:", "Tcp: A B\nTcp: 1", "Tcp:\nTcp:", "Tcp: A\nTcp: B",
            "Tcp: A\nTcp: 9223372036854775808", "Tcp: A\nTcp: -",
        ])
    func malformed(_ text: String) { #expect(counters(text, text).count == 0) }

    @Test func truncatedTextNeverTraps() {
        for text in [Self.netstat, Self.snmp, Self.sockstat] {
            for length in 0...text.count {
                let part = String(text.prefix(length))
                #expect(counters(part, part, part).count <= 36)
            }
        }
    }
}
