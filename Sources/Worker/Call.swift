internal import CLinux
internal import Glibc
internal import Linux

/// One system call, made once and timed.
struct Call {
    private let request: Request

    init(_ request: Request) { self.request = request }

    func make() -> Reply {
        var output: [UInt8] = []
        // Errno is that of this call alone, also when it succeeds and leaves it untouched.
        errno = 0
        let entered = Instant.now.nanoseconds
        let result = perform(&output)
        let failure = errno
        let left = Instant.now.nanoseconds
        return Reply(
            result: result, errno: result < 0 ? failure : 0, entered: entered, left: left,
            signals: HandledSignals.take(), output: output)
    }

    private func perform(_ output: inout [UInt8]) -> Int64 {
        switch request {
        case .socket(let family, let type, let proto): return Int64(socket(family, type, proto))
        case .setOption(let fd, let option, let value):
            return Int64(setsockopt(fd, option.level, option.name, value, socklen_t(value.count)))
        case .getOption(let fd, let option, let capacity):
            var size = socklen_t(capacity)
            output = [UInt8](repeating: 0, count: capacity)
            let result = getsockopt(fd, option.level, option.name, &output, &size)
            output.removeLast(max(0, capacity - Int(size)))
            return Int64(result)
        case .bind(let fd, let address): return Int64(withSockaddr(address) { Glibc.bind(fd, $0, $1) })
        case .listen(let fd, let backlog): return Int64(Glibc.listen(fd, backlog))
        case .accept(let fd): return address(&output) { Glibc.accept(fd, $0, $1) }
        case .connect(let fd, let address): return Int64(withSockaddr(address) { Glibc.connect(fd, $0, $1) })
        case .disconnect(let fd):
            var unspecified = sockaddr()
            unspecified.sa_family = sa_family_t(AF_UNSPEC)
            return Int64(Glibc.connect(fd, &unspecified, socklen_t(MemoryLayout<sockaddr>.size)))
        case .send(let fd, let bytes, let flags): return Int64(Glibc.send(fd, bytes, bytes.count, flags.rawValue))
        case .sendFill(let fd, let byte, let count, let flags):
            let bytes = [UInt8](repeating: byte, count: count)
            errno = 0
            return Int64(Glibc.send(fd, bytes, count, flags.rawValue))
        case .receive(let fd, let count, let flags):
            return bytes(&output, count) { Glibc.recv(fd, $0, count, flags.rawValue) }
        case .receiveAfterErrno(let seed, let fd, let count, let flags):
            var buffer = [UInt8](repeating: 0, count: count)
            errno = seed
            let result = Glibc.recv(fd, &buffer, count, flags.rawValue)
            let after = errno
            output = withUnsafeBytes(of: after) { Array($0) }
            errno = after
            return Int64(result)
        case .write(let fd, let bytes): return Int64(Glibc.write(fd, bytes, bytes.count))
        case .read(let fd, let count): return bytes(&output, count) { Glibc.read(fd, $0, count) }
        case .shutdown(let fd, let how): return Int64(Glibc.shutdown(fd, how))
        case .close(let fd): return Int64(Glibc.close(fd))
        case .duplicate(let fd): return Int64(dup(fd))
        case .poll(let fd):
            // Every bit that epoll documents, without the System V aliases of some.
            let bits: Int16 = Int16(POLLIN | POLLPRI | POLLOUT | POLLERR | POLLHUP) | 0x2000  // POLLRDHUP
            var entry = pollfd(fd: fd, events: bits, revents: 0)
            let result = Glibc.poll(&entry, 1, 0)
            return result < 0 ? -1 : Int64(UInt16(bitPattern: entry.revents))
        case .socketName(let fd): return address(&output) { getsockname(fd, $0, $1) }
        case .peerName(let fd): return address(&output) { getpeername(fd, $0, $1) }
        case .outputQueue(let fd):
            var value: Int32 = 0
            return clx_ioctl_int(fd, clx_SIOCOUTQ, &value) < 0 ? -1 : Int64(value)
        case .setNonblocking(let fd, let on): return Int64(clx_fcntl_set_nonblocking(fd, on ? 1 : 0))
        case .setSignal(let number, let disposition): return HandledSignals.set(number, disposition)
        case .raise(let number): return Int64(Glibc.raise(number))
        case .pipe:
            var ends: [Int32] = [-1, -1]
            return Glibc.pipe(&ends) < 0 ? -1 : Int64(ends[0])
        case .exit(let code): _exit(code)
        case .identify(let fd): return identify(fd, &output)
        case .fork: preconditionFailure("the loop forks, not a call")
        }
    }

    private func bytes(_ output: inout [UInt8], _ count: Int, _ call: (UnsafeMutableRawPointer?) -> Int) -> Int64 {
        output = [UInt8](repeating: 0, count: count)
        errno = 0
        let result = output.withUnsafeMutableBytes { call($0.baseAddress) }
        let failure = errno
        output.removeLast(count - max(0, result))
        errno = failure
        return Int64(result)
    }

    /// A call that fills in a sockaddr.
    private func address(
        _ output: inout [UInt8], _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int64 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
        }
        guard result >= 0 else { return -1 }
        var writer = MessageWriter()
        withUnsafeBytes(of: storage) { raw in
            let port = raw.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
            let ip = storage.ss_family == sa_family_t(AF_INET6) ? Array(raw[8..<24]) : Array(raw[4..<8])
            writer.put(SocketAddress(IPAddress(bytes: ip), port))
        }
        output = writer.bytes
        return Int64(result)
    }

    /// SO_COOKIE and the inode: how sock_diag names the socket.
    private func identify(_ fd: Int32, _ output: inout [UInt8]) -> Int64 {
        var cookie: UInt64 = 0
        var size = socklen_t(8)
        let soCookie: Int32 = 57
        guard getsockopt(fd, SOL_SOCKET, soCookie, &cookie, &size) == 0 else { return -1 }
        var status = stat()
        guard fstat(fd, &status) == 0 else { return -1 }
        var writer = MessageWriter()
        writer.put(Int64(bitPattern: cookie))
        writer.put(Int64(bitPattern: UInt64(status.st_ino)))
        output = writer.bytes
        return 0
    }
}

extension Reply {
    /// The answer to `identify`.
    package var identity: (cookie: UInt64, inode: UInt64)? {
        var field = MessageReader(output[...])
        guard let cookie = try? field.int64(), let inode = try? field.int64() else { return nil }
        return (UInt64(bitPattern: cookie), UInt64(bitPattern: inode))
    }
}

private func withSockaddr<Result>(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var storage = sockaddr_storage()
    storage.ss_family = sa_family_t(address.ip.family)
    withUnsafeMutableBytes(of: &storage) { raw in
        raw.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
        raw[(address.ip.isV6 ? 8 : 4)...].copyBytes(from: address.ip.bytes)
    }
    let size = socklen_t(address.ip.isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
}
