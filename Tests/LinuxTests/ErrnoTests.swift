import Glibc
import Linux
import Testing

@Suite struct ErrnoTests {
    /// Each constant is the C library's of that name.
    @Test(
        arguments: [
            (.EPERM, "EPERM"), (.ENOENT, "ENOENT"), (.EINTR, "EINTR"), (.EAGAIN, "EAGAIN"), (.EACCES, "EACCES"),
            (.ENODEV, "ENODEV"), (.EBUSY, "EBUSY"), (.EEXIST, "EEXIST"), (.ENOTDIR, "ENOTDIR"), (.EISDIR, "EISDIR"),
            (.ELOOP, "ELOOP"), (.EINVAL, "EINVAL"), (.ENOSPC, "ENOSPC"), (.EPIPE, "EPIPE"), (.EDOM, "EDOM"),
            (.EBADF, "EBADF"), (.ENOBUFS, "ENOBUFS"), (.ENOTCONN, "ENOTCONN"), (.EISCONN, "EISCONN"),
            (.ENOTSOCK, "ENOTSOCK"), (.EALREADY, "EALREADY"), (.EINPROGRESS, "EINPROGRESS"),
            (.EADDRINUSE, "EADDRINUSE"), (.EADDRNOTAVAIL, "EADDRNOTAVAIL"), (.ECONNREFUSED, "ECONNREFUSED"),
            (.ECONNRESET, "ECONNRESET"), (.ECONNABORTED, "ECONNABORTED"), (.ETIMEDOUT, "ETIMEDOUT"),
            (.EOPNOTSUPP, "EOPNOTSUPP"), (.EHOSTUNREACH, "EHOSTUNREACH"), (.ENETUNREACH, "ENETUNREACH"),
            (.ENOPROTOOPT, "ENOPROTOOPT"),
        ] as [(Errno, String)]) func symbols(_ errno: Errno, _ symbol: String)
    {
        #expect(errno.symbol == symbol)
    }

    @Test func whatHasNoSymbolIsANumber() {
        #expect(Errno(rawValue: 4000).symbol == "errno 4000")
        #expect(signalSymbol(SIGPIPE) == "SIGPIPE" && signalSymbol(200) == "signal 200")
    }

    @Test func aNegativeResultIsAnError() throws {
        #expect(try check(3, "call") == 3)
        let error = #expect(throws: SystemError.self) { try check(-Glibc.EPIPE, "call") }
        #expect(error?.errno == .EPIPE && error?.description == "call: EPIPE (Broken pipe)")
    }

    @Test func theKernelsOwnWordsComeAfter() {
        let error = SystemError("create veth", .EEXIST, detail: "Name in use")
        #expect(error.description == "create veth: EEXIST (File exists); the kernel says: Name in use")
    }

    @Test(arguments: [("", ""), (" \n", ""), ("\ta b \n", "a b"), ("a", "a")])
    func whiteSpaceAtTheEndsGoes(_ text: String, _ trimmed: String) {
        #expect(text.trimmed == trimmed)
    }
}
