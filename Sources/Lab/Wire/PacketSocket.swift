internal import CLinux
internal import Glibc
internal import Linux
internal import Packets

/// A raw packet socket on one interface, never blocking.
final class PacketSocket {
    /// A frame as the kernel handed it over.
    struct Frame {
        var bytes: [UInt8]
        /// When it was handed to the tap, by the kernel's wall clock and as the kernel wrote it.
        var stamp: Int64
        /// A copy of what this host sent itself.
        var outgoing: Bool
    }

    private let socket: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    var descriptor: Int32 { socket.raw }

    /// Opens the socket in the namespace the calling thread is in. Throws the error of the failing call.
    ///
    /// - Parameter outgoing: whether to also see what the interface sends.
    init(interface index: Int32, outgoing: Bool) throws(SystemError) {
        socket = Descriptor(
            owning: try check(clx_packet_open(index, outgoing ? 0 : 1), "packet socket on interface \(index)"))
    }

    /// The next frame; nil when there is none now. Throws the recvmsg(2) error.
    func receive() throws(SystemError) -> Frame? {
        var frame = clx_frame()
        let capacity = buffer.count
        let result = buffer.withUnsafeMutableBytes {
            clx_packet_receive(socket.raw, $0.baseAddress, capacity, &frame)
        }
        // ENETDOWN is told once after the interface goes down, which only happens at the end.
        if result == -EAGAIN || result == -ENETDOWN { return nil }
        try check(result, "receive from a packet socket")
        var bytes = Array(buffer[..<frame.length])
        if frame.unchecked != 0 { completeChecksum(of: &bytes) }
        return Frame(
            bytes: bytes, stamp: frame.realtime_ns == 0 ? Instant.wall : frame.realtime_ns,
            outgoing: frame.outgoing != 0)
    }

    /// Sends a frame, waiting for room if the device queue is full. Throws the write(2) error.
    func send(_ frame: [UInt8]) throws(SystemError) {
        while write(socket.raw, frame, frame.count) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS:
                var wait = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
                clx_poll(&wait, 1, 10_000_000)
            default: throw SystemError("send to a packet socket")
            }
        }
    }

    /// How many frames were dropped for want of room since the last call. Throws the getsockopt(2) error.
    func drops() throws(SystemError) -> Int {
        Int(try check(clx_packet_drops(socket.raw), "getsockopt(PACKET_STATISTICS)"))
    }
}
