internal import Acts
package import Linux
package import SockDiag
internal import Record

/// A row of /proc/net/tcp, from which netstat makes its lines: `tr:when`, `retrnsmt`, `timeout` and the queues.
struct ProcNetRow {
    let localPort: UInt16
    let remotePort: UInt16
    let state: TCPState
    let receiveQueue: Int
    let timer: DiagTimer
    /// Until the timer fires.
    let expires: Duration
    let retransmits: Int
    /// The column `timeout`: probes not answered.
    let probes: Int

    /// Reads `0: 0100007F:1388 0200007F:9C40 06 00000000:00000000 03:0000176A 00000000 0 0 0 ...`; nil for the heading.
    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count > 8, let local = Self.port(words[1]), let remote = Self.port(words[2]),
            let state = UInt8(words[3], radix: 16).flatMap(TCPState.init(rawValue:)),
            let receive = words[4].split(separator: ":").last.flatMap({ Int($0, radix: 16) }),
            let timer = words[5].split(separator: ":").first.flatMap({ UInt8($0, radix: 16) })
                .flatMap(DiagTimer.init(rawValue:)),
            let when = words[5].split(separator: ":").last.flatMap({ Int($0, radix: 16) }),
            let retransmits = Int(words[6], radix: 16), let probes = Int(words[8])
        else { return nil }
        (localPort, remotePort) = (local, remote)
        self.state = state
        receiveQueue = receive
        self.timer = timer
        // USER_HZ, which is 100 on every machine.
        expires = .milliseconds(when * 10)
        self.retransmits = retransmits
        self.probes = probes
    }

    private static func port(_ address: Substring) -> UInt16? {
        address.split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }

    var words: String {
        "\(state) timer \(timer) \(expires.seconds) s, retrnsmt \(retransmits), timeout \(probes), rx_queue "
            + "\(receiveQueue)"
    }
}

extension Host {
    /// /proc/net/tcp as lines, without the heading.
    package func procNetTCP() throws -> [Substring] {
        Array(try namespace.inside { try Files.read("/proc/thread-self/net/tcp") }.split(separator: "\n").dropFirst())
    }
}

// What netstat would show.
extension Lab {
    /// Expects the socket's line in /proc/net/tcp to say the same as netlink does, as netstat prints it:
    /// `TIME_WAIT timewait (59.94/0/0)`.
    ///
    /// - Parameters:
    ///   - start: an instant within which the timer was set; nil where none runs.
    ///   - bounds: for how long it was set.
    ///   - probes: the last figure in netstat's parentheses.
    package func expect(
        _ socket: Socket, netstat state: TCPState, timer: DiagTimer, since start: Instant? = nil,
        lasts bounds: ClosedRange<Duration> = .zero ... .zero, retransmits: Int = 0, probes: Int = 0,
        receiveQueue: Int = 0, file: StaticString = #fileID, line: Int = #line
    ) throws {
        let slowest = Duration.milliseconds(20)
        var row: ProcNetRow?
        var left = Duration.zero
        let looked = try wait(until: .now + configuration.timeout) {
            let before = Instant.now
            row = try self.procNetRow(of: socket)
            left = (row?.expires ?? .zero) + (start.map { before - $0 } ?? .zero)
            return .now - before < slowest
        }
        guard looked else { throw ScenarioStop.late("no look at /proc/net/tcp took less than \(slowest)") }
        // Its clock has steps of 10 ms.
        let isOnTime = left + slowest >= bounds.lowerBound && left <= bounds.upperBound + .milliseconds(10)
        let passed =
            row?.state == state && row?.timer == timer && row?.retransmits == retransmits && row?.probes == probes
            && row?.receiveQueue == receiveQueue && (start == nil || isOnTime)
        let window = start == nil ? "" : " set for \(bounds.lowerBound.seconds)...\(bounds.upperBound.seconds) s"
        self.record(
            passed: passed,
            expected: "/proc/net/tcp shows \(socket.label) \(state) timer \(timer)\(window), retrnsmt \(retransmits), "
                + "timeout \(probes), rx_queue \(receiveQueue)",
            seen: (row?.words ?? "no line") + (start == nil ? "" : ", set for \(left.seconds) s"),
            witnesses: ["/proc/net/tcp"], location: here(file, line))
    }

    private func procNetRow(of socket: Socket) throws -> ProcNetRow? {
        guard let local = socket.local, let remote = socket.remote else { return nil }
        return try socket.host.procNetTCP().lazy.compactMap(ProcNetRow.init).first {
            $0.localPort == local.port && $0.remotePort == remote.port
        }
    }
}
