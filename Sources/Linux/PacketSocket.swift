internal import CLinux
internal import Glibc

/// A raw packet socket on one interface, never blocking; packet(7).
package final class PacketSocket {
    /// A frame as the kernel handed it over.
    package struct Frame {
        package var bytes: [UInt8]
        /// When it was handed to the tap, by the kernel's wall clock and as the kernel wrote it.
        package var stamp: Int64
        /// A copy of what this host sent itself.
        package var outgoing: Bool
        /// Its checksum has been left to the device, and is not whole.
        package var unchecked: Bool

        package init(bytes: [UInt8], stamp: Int64, outgoing: Bool, unchecked: Bool = false) {
            self.bytes = bytes
            self.stamp = stamp
            self.outgoing = outgoing
            self.unchecked = unchecked
        }
    }

    private let socket: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    package var descriptor: Int32 { socket.raw }

    /// Opens the socket in the namespace the calling thread is in. Throws the error of the failing call.
    ///
    /// - Parameter outgoing: whether to also see what the interface sends.
    package init(interface index: Int32, outgoing: Bool) throws(SystemError) {
        socket = Descriptor(
            owning: try check(clx_packet_open(index, outgoing ? 0 : 1), "packet socket on interface \(index)"))
    }

    /// The next frame; nil when there is none now. Throws the recvmsg(2) error.
    package func receive() throws(SystemError) -> Frame? {
        var frame = clx_frame()
        let capacity = buffer.count
        let result = buffer.withUnsafeMutableBytes {
            clx_packet_receive(socket.raw, $0.baseAddress, capacity, &frame)
        }
        // ENETDOWN is told once after the interface goes down, which only happens at the end.
        if result == -EAGAIN || result == -ENETDOWN { return nil }
        try check(result, "receive from a packet socket")
        return Frame(
            bytes: Array(buffer[..<frame.length]),
            stamp: frame.realtime_ns == 0 ? Instant.wall : frame.realtime_ns,
            outgoing: frame.outgoing != 0, unchecked: frame.unchecked != 0)
    }

    /// Sends a frame, waiting for room if the device queue is full. Throws the write(2) error.
    package func send(_ frame: [UInt8]) throws(SystemError) {
        while write(socket.raw, frame, frame.count) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS: Polling.awaitWritable(socket.raw, timeout: .milliseconds(10))
            default: throw SystemError("send to a packet socket")
            }
        }
    }

    /// How many frames were dropped for want of room since the last call. Throws the getsockopt(2) error.
    package func drops() throws(SystemError) -> Int {
        Int(try check(clx_packet_drops(socket.raw), "getsockopt(PACKET_STATISTICS)"))
    }
}

/// Turns transmit checksum, TSO, GSO and GRO of an interface of the calling thread's namespace off, so that frames are
/// segments. Throws the error of socket(2) or ioctl(SIOCETHTOOL).
package func turnOffloadsOff(of interface: String) throws(SystemError) {
    let raw = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw SystemError("socket") }
    let socket = Descriptor(owning: raw)
    try check(clx_offloads_off(socket.raw, interface), "turn offloads of \(interface) off")
}
