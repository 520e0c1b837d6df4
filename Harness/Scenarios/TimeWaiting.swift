internal import Lab
internal import Linux
internal import Netlink
internal import Packets
internal import Record

/// TIME_WAIT.
enum TimeWaiting {
    static let all = [SixtySeconds.scenario]

    /// Expects the minisocks that a host has to be counted: when they start since 5.18, only when they end before.
    static func expectCounted(_ lab: Lab, on host: Host, by counter: String = "TW", count: Int64 = 1) throws {
        // The minisock can be seen an instant before it is counted.
        let atItsStart = try lab.comesAbout(within: .seconds(2)) { try host.counters()[counter] != nil }
        lab.sawVariant(atItsStart ? "TIME_WAIT counted at its start" : "TIME_WAIT counted at its end")
        try lab.expect(host, counts: [counter: atItsStart ? count : 0])
    }
}
