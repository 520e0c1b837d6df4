internal import Acts
internal import Linux
internal import SockDiag
internal import Packets
internal import Worker

extension Lab {
    /// Sends until the peer's window is closed and nothing more fits into the buffer; gives how many bytes were taken.
    ///
    /// Nobody may read meanwhile.
    package func fill(_ socket: Socket, file: StaticString = #fileID, line: Int = #line) throws -> Int {
        var taken = 0
        var isClosed = false
        while true {
            let answer = try socket.ask(.sendFill(0x66, count: 4096, .MSG_DONTWAIT))
            if answer.errno == nil {
                taken += Int(answer.result)
            } else if isClosed {
                expect(answer, fails: .EAGAIN, file: file, line: line)
                return taken
            } else {
                // What is still acknowledged makes room once more.
                try awaitClosedWindow(of: socket, file, line)
                isClosed = true
            }
        }
    }

    /// Waits until the peer has told a window of 0.
    ///
    /// A window too small for a full segment also stops the sender, until its first probe fills it with data.
    private func awaitClosedWindow(of socket: Socket, _ file: StaticString, _ line: Int) throws {
        var row: DiagRow?
        var window: UInt16?
        try require(
            "\(socket.label) waits for its peer's window of 0 to open", file: file, line: line,
            seen: { "\(row?.words ?? "no row"), window \(window.map { "\($0)" } ?? "unknown")" },
            until: {
                row = try self.row(socket)
                window =
                    self.wire.log.last {
                        $0.from == socket.host.name.other && $0.segment.destination.port == row?.local.port
                    }?.segment.window
                return row?.state == .ESTABLISHED && row?.timer == .persist && window == 0
            })
    }
}
