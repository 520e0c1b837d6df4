import Linux
import Testing

@testable import Netlink

/// Requests against the bytes that iproute2 6.1 sends for the same command, with these differences: our sequence number
/// is 0 and NLM_F_ACK not yet set (both come with sending), and nested attributes carry NLA_F_NESTED (the 80).
@Suite("Requests")
struct MessageTests {
    private let left = LinkEnd(name: "va", index: 17, mac: MACAddress(bytes: [2, 0, 0, 0, 0, 1]))
    private let right = LinkEnd(name: "vb", index: 18, mac: MACAddress(bytes: [2, 0, 0, 0, 0, 2]))

    @Test("ip link add va ... type veth peer name vb ... netns")
    func veth() {
        expect(
            .veth(left, peer: right, namespaceDescriptor: 9),
            """
            84 00 00 00 10 00 01 06 00 00 00 00 00 00 00 00  # 132 bytes, RTM_NEWLINK, CREATE | EXCL | REQUEST
            00 00 00 00 11 00 00 00 00 00 00 00 00 00 00 00  # ifinfomsg: index 17, not IFF_UP
            0a 00 01 00 02 00 00 00 00 01 00 00  # IFLA_ADDRESS
            08 00 04 00 dc 05 00 00  # IFLA_MTU 1500
            07 00 03 00 76 61 00 00  # IFLA_IFNAME "va"
            48 00 12 80  # IFLA_LINKINFO, 72 bytes
            08 00 01 00 76 65 74 68  # IFLA_INFO_KIND "veth"
            3c 00 02 80  # IFLA_INFO_DATA, 60 bytes
            38 00 01 80  # VETH_INFO_PEER, 56 bytes
            00 00 00 00 12 00 00 00 00 00 00 00 00 00 00 00  # ifinfomsg: index 18
            0a 00 01 00 02 00 00 00 00 02 00 00  # IFLA_ADDRESS
            08 00 04 00 dc 05 00 00  # IFLA_MTU 1500
            07 00 03 00 76 62 00 00  # IFLA_IFNAME "vb"
            08 00 1c 00 09 00 00 00  # IFLA_NET_NS_FD 9, last so as to stand apart from ip's message
            """)
    }

    @Test("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev va nud permanent (REPLACE where ip has EXCL)")
    func neighbour() {
        expect(
            .neighbour(IPAddress(10, 0, 0, 2), right.mac, on: 7),
            """
            30 00 00 00 1c 00 01 05 00 00 00 00 00 00 00 00  # 48 bytes, RTM_NEWNEIGH, CREATE | REPLACE | REQUEST
            02 00 00 00 07 00 00 00 80 00 00 00  # ndmsg: AF_INET, index 7, NUD_PERMANENT
            08 00 01 00 0a 00 00 02  # NDA_DST
            0a 00 02 00 02 00 00 00 00 02 00 00  # NDA_LLADDR
            """)
    }

    @Test("ip addr add 10.0.0.1/24 dev va")
    func addressV4() {
        expect(
            .address(IPAddress(10, 0, 0, 1), prefixLength: 24, on: 7),
            """
            28 00 00 00 14 00 01 06 00 00 00 00 00 00 00 00  # 40 bytes, RTM_NEWADDR, CREATE | EXCL | REQUEST
            02 18 00 00 07 00 00 00  # ifaddrmsg: AF_INET, /24, index 7
            08 00 02 00 0a 00 00 01  # IFA_LOCAL
            08 00 01 00 0a 00 00 01  # IFA_ADDRESS
            """)
    }

    @Test("ip -6 addr add fd00::1/64 dev va nodad")
    func addressV6() {
        expect(
            .address(IPAddress("fd00::1")!, prefixLength: 64, on: 7),
            """
            40 00 00 00 14 00 01 06 00 00 00 00 00 00 00 00  # 64 bytes, RTM_NEWADDR, CREATE | EXCL | REQUEST
            0a 40 02 00 07 00 00 00  # ifaddrmsg: AF_INET6, /64, IFA_F_NODAD, index 7
            14 00 02 00 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  # IFA_LOCAL
            14 00 01 00 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  # IFA_ADDRESS
            """)
    }

    @Test("ip route add 10.9.0.0/16 dev va")
    func routeV4() {
        expect(
            .route(to: IPAddress(10, 9, 0, 0), prefixLength: 16, via: 7),
            """
            2c 00 00 00 18 00 01 06 00 00 00 00 00 00 00 00  # 44 bytes, RTM_NEWROUTE, CREATE | EXCL | REQUEST
            02 10 00 00 fe 03 fd 01 00 00 00 00  # rtmsg: AF_INET, /16, main, RTPROT_BOOT, link scope, unicast
            08 00 01 00 0a 09 00 00  # RTA_DST
            08 00 04 00 07 00 00 00  # RTA_OIF
            """)
    }

    @Test("ip -6 route add fd01::/64 dev va")
    func routeV6() {
        expect(
            .route(to: IPAddress("fd01::")!, prefixLength: 64, via: 7),
            """
            38 00 00 00 18 00 01 06 00 00 00 00 00 00 00 00  # 56 bytes, RTM_NEWROUTE, CREATE | EXCL | REQUEST
            0a 40 00 00 fe 03 00 01 00 00 00 00  # rtmsg: AF_INET6, /64, main, RTPROT_BOOT, universe, unicast
            14 00 01 00 fd 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # RTA_DST
            08 00 04 00 07 00 00 00  # RTA_OIF
            """)
    }

    @Test("tc qdisc add dev va root netem delay 50ms 5ms loss 10% limit 2000, with 64-bit durations and a seed")
    func netem() {
        expect(
            .netem(
                Netem(
                    delay: .milliseconds(50), jitter: .milliseconds(5), lossProbability: 0.1,
                    seed: 0x1122_3344_5566_7788, limit: 2000), on: 7),
            """
            70 00 00 00 24 00 01 05 00 00 00 00 00 00 00 00  # 112 bytes, RTM_NEWQDISC, CREATE | REPLACE | REQUEST
            00 00 00 00 07 00 00 00 00 00 00 00 ff ff ff ff  # tcmsg: index 7, parent TC_H_ROOT
            00 00 00 00
            0a 00 01 00 6e 65 74 65 6d 00 00 00  # TCA_KIND "netem"
            40 00 02 80  # TCA_OPTIONS, 64 bytes
            00 00 00 00 d0 07 00 00 9a 99 99 19  # tc_netem_qopt: latency 0, limit 2000, loss 10%
            00 00 00 00 00 00 00 00 00 00 00 00  # gap, duplicate, jitter 0
            0c 00 0a 00 80 f0 fa 02 00 00 00 00  # TCA_NETEM_LATENCY64 50,000,000 ns
            0c 00 0b 00 40 4b 4c 00 00 00 00 00  # TCA_NETEM_JITTER64 5,000,000 ns
            0c 00 0e 00 88 77 66 55 44 33 22 11  # TCA_NETEM_PRNG_SEED
            """)
    }

    @Test("A message grows as far as its attributes need")
    func growth() {
        var message = NetlinkMessage("grow", type: 16)
        for _ in 0..<100 { message.put(1, Array(repeating: 7, count: 1001)) }
        #expect(message.bytes.count == 16 + 100 * (4 + 1004))
        #expect(message.bytes.withUnsafeBytes { $0.integer(UInt32.self, at: 0) } == UInt32(message.bytes.count))
        #expect(message.bytes.withUnsafeBytes { Array(NetlinkAttributes($0, from: 16)).count } == 100)
    }

    @Test("An empty nested attribute is its header alone")
    func emptyNest() {
        var message = NetlinkMessage("nest", type: 16)
        message.nest(5) { _ in }
        #expect(Array(message.bytes[16...]) == hex("04 00 05 80"))
    }

    @Test func stamping() {
        let message = NetlinkMessage("stamp", type: 16)
        #expect(
            message.stamped(sequence: 0x0403_0201, flags: 4) == hex("10 00 00 00 10 00 05 00 01 02 03 04 00 00 00 00"))
    }

    private func expect(
        _ request: RouteRequest, _ golden: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(dump(request.message.bytes) == dump(hex(golden)), sourceLocation: sourceLocation)
    }
}
