internal import Linux

extension Request {
    /// The call and its arguments, as a person would write them in C.
    package var description: (call: String, arguments: String) {
        switch self {
        case .socket(let family, _, _): ("socket", family == 10 ? "AF_INET6, SOCK_STREAM" : "AF_INET, SOCK_STREAM")
        case .setOption(let fd, let option, let value): ("setsockopt", "\(fd), \(option.symbol), \(Self.words(value))")
        case .getOption(let fd, let option, _): ("getsockopt", "\(fd), \(option.symbol)")
        case .bind(let fd, let address): ("bind", "\(fd), \(address)")
        case .listen(let fd, let backlog): ("listen", "\(fd), \(backlog)")
        case .accept(let fd): ("accept", "\(fd)")
        case .connect(let fd, let address): ("connect", "\(fd), \(address)")
        case .disconnect(let fd): ("connect", "\(fd), AF_UNSPEC")
        case .send(let fd, let bytes, let flags):
            ("send", Self.join("\(fd), \(quote(bytes)), \(bytes.count)", flags))
        case .sendFill(let fd, _, let count, let flags): ("send", Self.join("\(fd), ..., \(count)", flags))
        case .receive(let fd, let count, let flags): ("recv", Self.join("\(fd), \(count)", flags))
        case .receiveAfterErrno(let errno, let fd, let count, let flags):
            ("recv", Self.join("\(fd), \(count)", flags) + ", errno \(errno) before")
        case .write(let fd, let bytes): ("write", "\(fd), \(quote(bytes)), \(bytes.count)")
        case .read(let fd, let count): ("read", "\(fd), \(count)")
        case .shutdown(let fd, let how):
            ("shutdown", "\(fd), \([0: "SHUT_RD", 1: "SHUT_WR", 2: "SHUT_RDWR"][how] ?? String(how))")
        case .close(let fd): ("close", "\(fd)")
        case .duplicate(let fd): ("dup", "\(fd)")
        case .poll(let fd): ("poll", "\(fd), 0 ms")
        case .socketName(let fd): ("getsockname", "\(fd)")
        case .peerName(let fd): ("getpeername", "\(fd)")
        case .outputQueue(let fd): ("ioctl", "\(fd), SIOCOUTQ")
        case .setNonblocking(let fd, let on): ("fcntl", "\(fd), \(on ? "O_NONBLOCK" : "blocking")")
        case .setSignal(let number, let disposition):
            (
                "sigaction",
                "\(signalSymbol(number)), "
                    + [.standard: "SIG_DFL", .ignored: "SIG_IGN", .handled: "handler"][disposition]!
            )
        case .raise(let number): ("raise", signalSymbol(number))
        case .pipe: ("pipe", "")
        case .fork: ("fork", "")
        case .exit(let code): ("_exit", "\(code)")
        case .identify(let fd): ("identify", "\(fd)")
        }
    }

    /// The descriptor the call is about, if it is about one.
    package var descriptor: Int32? {
        switch self {
        case .setOption(let fd, _, _), .getOption(let fd, _, _), .bind(let fd, _), .listen(let fd, _),
            .accept(let fd), .connect(let fd, _), .disconnect(let fd), .send(let fd, _, _), .sendFill(let fd, _, _, _),
            .receive(let fd, _, _), .receiveAfterErrno(_, let fd, _, _), .write(let fd, _), .read(let fd, _),
            .shutdown(let fd, _), .close(let fd),
            .duplicate(let fd), .poll(let fd), .socketName(let fd), .peerName(let fd), .outputQueue(let fd),
            .setNonblocking(let fd, _), .identify(let fd):
            fd
        case .socket, .setSignal, .raise, .pipe, .fork, .exit: nil
        }
    }

    private static func join(_ arguments: String, _ flags: MessageFlags) -> String {
        flags.isEmpty ? arguments : arguments + ", " + flags.symbols.joined(separator: "|")
    }

    private static func words(_ value: [UInt8]) -> String {
        let numbers = stride(from: 0, to: value.count - 3, by: 4).map { start in
            value.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Int32.self) }
        }
        return numbers.count == 1 ? "\(numbers[0])" : "{\(numbers.map(String.init).joined(separator: ", "))}"
    }
}

/// Bytes as a C string literal, cut short where long.
package func quote(_ bytes: [UInt8]) -> String {
    let shown = bytes.prefix(24).map { byte -> String in
        switch byte {
        case 0x20..<0x7f where byte != 0x22 && byte != 0x5c: String(UnicodeScalar(byte))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    return "\"" + shown.joined() + (bytes.count > 24 ? "\"..." : "\"")
}
