internal import CLinux
internal import Glibc

/// A TCP connection of this process with itself, over the loopback of the calling thread's network namespace.
///
/// - Parameter finWait2: how many seconds the client waits in FIN_WAIT2 as an orphan (TCP_LINGER2).
/// - Returns: both ends, which the caller closes. Throws the error of the failing call.
package func makeLoopbackConnection(finWait2 seconds: Int32) throws(SystemError) -> (client: Int32, server: Int32) {
    let listener = try stream()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    try called(withPointer(to: &address) { bind(listener.raw, $0, $1) }, "bind")
    try called(listen(listener.raw, 1), "listen")
    try called(
        withPointer(to: &address) { pointer, length in
            var length = length
            return getsockname(listener.raw, pointer, &length)
        }, "getsockname")
    let client = try stream()
    try called(withPointer(to: &address) { connect(client.raw, $0, $1) }, "connect")
    let server = Descriptor(owning: try called(accept(listener.raw, nil, nil), "accept"))
    var seconds = seconds
    let size = socklen_t(MemoryLayout<Int32>.size)
    try called(setsockopt(client.raw, Int32(IPPROTO_TCP), TCP_LINGER2, &seconds, size), "setsockopt(TCP_LINGER2)")
    return (client.release(), server.release())
}

private func stream() throws(SystemError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return Descriptor(owning: try called(socket(AF_INET, type, 0), "socket"))
}

@discardableResult
private func called(_ result: Int32, _ call: String) throws(SystemError) -> Int32 {
    guard result >= 0 else { throw SystemError(call) }
    return result
}

private func withPointer(
    to address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
