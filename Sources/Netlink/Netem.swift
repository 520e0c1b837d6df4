internal import CMnl
internal import Linux

/// Delay, jitter and loss of a link, as `tc netem` sets them (net/sched/sch_netem.c).
package struct Netem: Hashable, Sendable {
    /// The delay of every packet.
    package let delay: Duration
    /// How far the delay strays to either side, evenly spread. A packet can overtake another when this is not zero.
    package let jitter: Duration
    /// The probability that a packet is lost, rounded to the kernel's steps of 2⁻³².
    package let lossProbability: Double
    /// Makes the sequence of losses the same each time; nil lets the kernel choose. Linux 6.6 and later.
    package let seed: UInt64?
    /// Packets held at most; more are dropped.
    package let limit: UInt32

    /// Describes a link. The probability must lie within 0 and 1; durations must not be negative.
    package init(
        delay: Duration, jitter: Duration = .zero, lossProbability: Double = 0, seed: UInt64? = nil,
        limit: UInt32 = 1000
    ) {
        precondition((0...1).contains(lossProbability), "a probability lies within 0 and 1")
        precondition(delay >= .zero && jitter >= .zero, "packets cannot leave before they came")
        self.init(
            delay: delay, jitter: jitter, loss: UInt32((lossProbability * Self.certain).rounded()), seed: seed,
            limit: limit)
    }

    private init(delay: Duration, jitter: Duration, loss: UInt32, seed: UInt64?, limit: UInt32) {
        self.delay = delay
        self.jitter = jitter
        self.lossProbability = Double(loss) / Self.certain
        self.seed = seed
        self.limit = limit
    }

    /// Whether this, read back from the kernel, is what was asked for; a seed counts only when one was.
    package func fulfils(_ asked: Netem) -> Bool {
        delay == asked.delay && jitter == asked.jitter && lossProbability == asked.lossProbability
            && limit == asked.limit && (asked.seed == nil || seed == asked.seed)
    }

    static let kind = "netem"
    private static let certain = Double(UInt32.max)
    /// TCA_NETEM_PRNG_SEED of <linux/pkt_sched.h> since Linux 6.6 (4072d97ddc44); Debian 12's headers are older.
    private static let prngSeed = 14

    /// Appends the payload of TCA_OPTIONS: a `struct tc_netem_qopt`, then attributes.
    ///
    /// The struct has durations in ticks of 64 ns and 32 bits; the 64-bit attributes (since Linux 4.15) override them.
    func append(to message: inout NetlinkMessage) {
        var options = tc_netem_qopt()
        options.limit = limit
        options.loss = UInt32((lossProbability * Self.certain).rounded())
        message.put(header: options)
        message.put(Int(TCA_NETEM_LATENCY64), delay.nanoseconds)
        message.put(Int(TCA_NETEM_JITTER64), jitter.nanoseconds)
        if let seed { message.put(Self.prngSeed, seed) }
    }

    /// Reads the payload of TCA_OPTIONS as netem_dump() writes it. Throws `MalformedMessage`.
    init(options bytes: UnsafeRawBufferPointer) throws {
        guard let options = bytes.structure(tc_netem_qopt.self) else {
            throw MalformedMessage("netem options of \(bytes.count) bytes")
        }
        var delay: Int64?
        var jitter: Int64?
        var seed: UInt64?
        for (type, payload) in NetlinkAttributes(bytes, from: MemoryLayout<tc_netem_qopt>.size) {
            switch type {
            case Int(TCA_NETEM_LATENCY64): delay = payload.integer(Int64.self, at: 0)
            case Int(TCA_NETEM_JITTER64): jitter = payload.integer(Int64.self, at: 0)
            case Self.prngSeed: seed = payload.integer(UInt64.self, at: 0)
            default: break
            }
        }
        guard let delay, let jitter else { throw MalformedMessage("netem options without 64-bit durations") }
        self.init(
            delay: .nanoseconds(delay), jitter: .nanoseconds(jitter), loss: options.loss, seed: seed,
            limit: options.limit)
    }
}

/// The queueing discipline at the root of a link.
package struct Qdisc: Hashable, Sendable {
    /// Such as `noqueue` or `netem`.
    package let kind: String
    /// What the kernel set, when it is netem.
    package let netem: Netem?

    /// TC_H_ROOT, a macro that Swift does not import.
    static let root: UInt32 = 0xffff_ffff

    /// Reads an RTM_NEWQDISC; nil when it is not the root of this interface. Throws `MalformedMessage`.
    package init?(_ payload: UnsafeRawBufferPointer, rootOf index: Int32) throws {
        guard let header = payload.structure(tcmsg.self) else {
            throw MalformedMessage("a qdisc of \(payload.count) bytes")
        }
        guard header.tcm_ifindex == index, header.tcm_parent == Self.root else { return nil }
        var kind: String?
        var options: UnsafeRawBufferPointer?
        for (type, payload) in NetlinkAttributes(payload, from: MemoryLayout<tcmsg>.size) {
            switch type {
            case Int(TCA_KIND): kind = payload.string
            case Int(TCA_OPTIONS): options = payload
            default: break
            }
        }
        guard let kind else { throw MalformedMessage("a qdisc without a kind") }
        self.kind = kind
        netem = kind == Netem.kind ? try options.map { try Netem(options: $0) } : nil
    }
}
