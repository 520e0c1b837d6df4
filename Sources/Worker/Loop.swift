internal import CLinux
internal import Glibc
internal import Linux

/// The number of the channel on which a worker takes requests.
package let channelDescriptor: Int32 = 3

/// The worker's whole life: take a request, make the call, answer; end when the lab is gone.
package func serveRequests() -> Never {
    // A scenario may let a process die of SIGSEGV; nothing is to be left behind.
    guard clx_forbid_core_dumps() == 0 else { _exit(126) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        var passed: Int32 = -1
        let capacity = buffer.count
        let count = buffer.withUnsafeMutableBytes {
            clx_receive_with_fd(channelDescriptor, $0.baseAddress, capacity, &passed)
        }
        guard count > 0 else { _exit(0) }
        guard let request = try? Request(decoding: Array(buffer[..<count])) else { _exit(125) }
        if case .fork = request {
            fork(channel: passed)
        } else {
            answer(Call(request).make())
        }
    }
}

private func answer(_ reply: Reply) {
    let bytes = reply.encoded
    let sent = bytes.withUnsafeBytes { clx_send_with_fd(channelDescriptor, $0.baseAddress, bytes.count, -1) }
    // The lab is gone, or the answer does not fit: nothing sensible is left to do.
    guard sent == bytes.count else { _exit(124) }
}

/// Parent answers with the child's pid; the child moves to its own channel and answers from there on.
private func fork(channel: Int32) {
    let entered = Instant.now.nanoseconds
    let pid = clx_fork_sibling()
    if pid == 0 {
        guard clx_set_death_signal(SIGKILL) == 0, dup2(channel, channelDescriptor) == channelDescriptor else {
            _exit(123)
        }
        close(channel)
        return
    }
    close(channel)
    answer(
        Reply(
            result: pid < 0 ? -1 : Int64(pid), errno: pid < 0 ? -pid : 0, entered: entered,
            left: Instant.now.nanoseconds, signals: [], output: []))
}
