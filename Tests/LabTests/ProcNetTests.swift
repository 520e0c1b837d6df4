import Testing

@testable import Lab

@Suite("Lines of /proc/net/tcp")
struct ProcNetTests {
    /// As Linux 6.18 wrote it, without the spaces at the ends of lines.
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           1: 0100007F:9AEF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1127632 1 0000000071fa
           3: 0100007F:9B54 0100007F:9AEF 01 00000000:00000005 02:0000270C 00000000     0        2 1127633 3 000000009cbb
           2: 0100007F:9AEF 0100007F:9B54 06 00000000:00000000 03:00001766 00000000     0        0 0 3 000000007e2131a2
        """

    @Test("Every line but the heading, with its timer, its queue and its unanswered probes")
    func golden() {
        let rows = Self.table.split(separator: "\n").compactMap(ProcNetRow.init)
        #expect(
            rows.map(\.words) == [
                "LISTEN timer off 0.0 s, retrnsmt 0, timeout 0, rx_queue 0",
                "ESTABLISHED timer keepalive 99.96 s, retrnsmt 0, timeout 2, rx_queue 5",
                "TIME_WAIT timer timewait 59.9 s, retrnsmt 0, timeout 0, rx_queue 0",
            ])
        #expect(rows.map(\.localPort) == [0x9aef, 0x9b54, 0x9aef])
        #expect(rows.map(\.remotePort) == [0, 0x9aef, 0x9b54])
    }

    @Test("What is no line is none", arguments: ["", "1:", "0: 0100007F:9AEF 00000000:0000 ZZ 0:0 0:0 0 0 0 0"])
    func nonsense(_ line: String) {
        #expect(ProcNetRow(Substring(line)) == nil)
    }
}
