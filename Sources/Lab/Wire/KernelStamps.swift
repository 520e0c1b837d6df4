internal import Linux
internal import Netlink

/// Keeps the kernel stamping frames for as long as it lives.
///
/// The kernel stamps only while somebody wants stamps, and begins with the first who does in a work queue
/// (net_enable_timestamp() of net/core/dev.c): until then a frame gets the time at which it is read, and of two
/// sockets the one that is read first seems to have sent everything before the other. So a socket that wants stamps is
/// there before any laboratory, and as long as there is one.
package final class KernelStamps {
    private let socket: PacketSocket

    /// Opens a socket on the loopback of the calling thread's namespace, and waits until what it sees is stamped when it
    /// passes. Throws where that does not come about.
    package init() throws {
        try RouteSocket().perform([.linkUp(Host.loopback)])
        socket = try PacketSocket(interface: Host.loopback, outgoing: true)
        let deadline = Instant.now + .seconds(20)
        while try !isStamped() {
            guard Instant.now < deadline else {
                throw SystemError("wait for the kernel to stamp frames", .ETIMEDOUT)
            }
        }
    }

    /// Whether a frame has the time at which it passed, not that at which it is read.
    private func isStamped() throws(SystemError) -> Bool {
        // To nobody, of a type that nobody takes.
        try socket.send([UInt8](repeating: 0, count: 12) + [0x88, 0xb5] + [UInt8](repeating: 0, count: 46))
        let sent = Instant.wall
        Polling.pause(.milliseconds(1))
        var stamps: [Int64] = []
        while let frame = try socket.receive() { stamps.append(frame.stamp) }
        return !stamps.isEmpty && stamps.allSatisfy { $0 <= sent }
    }
}
