import Linux
import Testing

@testable import Netlink

@Suite("netem")
struct NetemTests {
    /// An RTM_NEWQDISC payload in the order in which netem_dump() of net/sched/sch_netem.c writes it.
    private let listed = hex(
        """
        00 00 00 00 02 00 00 00 01 80 00 00 ff ff ff ff  # tcmsg: index 2, handle 8001:, parent TC_H_ROOT
        02 00 00 00  # two references
        0a 00 01 00 6e 65 74 65 6d 00 00 00  # TCA_KIND "netem"
        54 00 02 00  # TCA_OPTIONS, 84 bytes
        c2 eb 0b 00 d0 07 00 00 9a 99 99 19 00 00 00 00 00 00 00 00 2d 31 01 00  # tc_netem_qopt, durations in ticks
        0c 00 0a 00 80 f0 fa 02 00 00 00 00  # TCA_NETEM_LATENCY64
        0c 00 0b 00 40 4b 4c 00 00 00 00 00  # TCA_NETEM_JITTER64
        10 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00  # TCA_NETEM_CORR
        0c 00 0e 00 88 77 66 55 44 33 22 11  # TCA_NETEM_PRNG_SEED
        04 00 09 00  # TCA_NETEM_PAD
        """)
    private let asked = Netem(
        delay: .milliseconds(50), jitter: .milliseconds(5), lossProbability: 0.1, seed: 0x1122_3344_5566_7788,
        limit: 2000)

    @Test func parsing() throws {
        let qdisc = try #require(try parse(listed, index: 2))
        #expect(qdisc.kind == "netem")
        #expect(qdisc.netem == asked)
    }

    @Test("What was asked is compared with what the kernel set; a seed only when one was asked")
    func comparison() {
        let unseeded = Netem(delay: asked.delay, jitter: asked.jitter, lossProbability: 0.1, limit: 2000)
        #expect(asked.fulfils(asked))
        #expect(asked.fulfils(unseeded))
        #expect(!unseeded.fulfils(asked), "a kernel that knows no seeds")
        #expect(!asked.fulfils(Netem(delay: .milliseconds(51))))
    }

    @Test("A probability survives the way to the kernel and back", arguments: [0, 1e-9, 0.001, 0.1, 1.0 / 3, 0.5, 1])
    func probability(_ probability: Double) throws {
        let netem = Netem(delay: .zero, lossProbability: probability)
        var message = NetlinkMessage("options", type: 0)
        netem.append(to: &message)
        let back = try message.bytes.withUnsafeBytes {
            try Netem(options: UnsafeRawBufferPointer(rebasing: $0.dropFirst(16)))
        }
        #expect(back == netem)
        #expect(abs(back.lossProbability - probability) < 1e-9)
    }

    @Test func otherInterface() throws {
        #expect(try parse(listed, index: 3) == nil)
    }

    @Test("No prefix traps")
    func everyPrefix() {
        for length in 0..<listed.count { _ = try? parse(Array(listed.prefix(length)), index: 2) }
    }

    private func parse(_ bytes: [UInt8], index: Int32) throws -> Qdisc? {
        try bytes.withUnsafeBytes { try Qdisc($0, rootOf: index) }
    }
}
