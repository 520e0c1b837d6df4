internal import Acts
internal import Linux
internal import SockDiag
internal import Worker

extension SocketAct {
    /// The words of a line about a socket.
    func written(of name: String) -> [String] {
        switch self {
        case .shows(let row, .other, let after): ["peer", "of", name.asName, "shows", row.written] + after.words
        case .isGone(.other, let after): ["peer", "of", name.asName, "is gone"] + after.words
        case .destroy(.other): ["peer", "of", name.asName, "destroyed"]
        case .passes(let path, .other): ["peer", "of", name.asName, "passes"] + path.map(\.symbol)
        default: [name.asName] + words
        }
    }

    private var words: [String] {
        switch self {
        case .call(.recv(100, []), .reads(let text)): ["receives", text.quoted]
        case .call(.recv(100, []), .returns(0, within: nil)): ["receives end"]
        case .call(.recv(100, .MSG_DONTWAIT), .fails(.EAGAIN, signals: [])): ["receives nothing"]
        case .call(.recv(100, []), .fails(let errno, signals: [])): ["receives", errno.symbol]
        case .call(let call, .succeeds): [call.written]
        case .call(let call, let outcome): [call.written, "->", outcome.written]
        case .begin(let call, let name): ["begins", call.written, "as", name.asName]
        case .accept(let name): ["accepts", name.asName]
        case .duplicate(let name): ["duplicates as", name.asName]
        case .share(let process, let name): ["shared with", process.asName, "as", name.asName]
        case .fill(let count?): ["fills at most \(count)"]
        case .fill(nil): ["fills"]
        case .readToEnd(let count): [count == 100 ? "reads to end" : "reads to end \(count)"]
        case .crash: ["crashes"]
        case .destroy: ["destroyed"]
        case .shows(let row, _, let after): ["shows", row.written] + after.words
        case .isGone(_, let after): ["is gone"] + after.words
        case .passes(let path, _): ["passes"] + path.map(\.symbol)
        case .goes(let old, let new, let name): ["goes", old.symbol, new.symbol, "as", name.asName]
        case .hasError(let errno?): ["has error", errno.symbol]
        case .hasError(nil): ["has no error"]
        case .polls(let events): ["polls", events.isEmpty ? "nothing" : events.symbol]
        case .tcpInfo(let state): ["info shows", state.symbol]
        case .option(let option, let value): ["has", option.symbol, "\(value)"]
        case .mirrors(let other): ["mirrors", other.asName]
        case .timerLasts(let bounds, let mark): ["timer lasts", bounds.written, "since", mark.asName]
        case .netstat(let shown): ["netstat", shown.written]
        }
    }
}

extension CallAct {
    var written: String {
        switch self {
        case .ends(let outcome, let after): (["->", outcome.written] + after.unlessZero).joined(separator: " ")
        case .accepts(let name, let after): (["accepts", name.asName] + after.unlessZero).joined(separator: " ")
        case .isAsleep: "sleeps"
        case .isBlocked: "blocks"
        }
    }
}

extension Duration {
    fileprivate var unlessZero: [String] { self == .zero ? [] : ["after", written] }
}

extension Call {
    fileprivate var written: String {
        func with(_ words: String, _ flags: MessageFlags) -> String {
            flags.isEmpty ? words : "\(words) \(flags.symbol)"
        }
        return switch self {
        case .bind(let endpoint): "bind \(endpoint.written)"
        case .connect(let endpoint): "connect \(endpoint.written)"
        case .disconnect: "disconnect"
        case .listen(let backlog): backlog == 16 ? "listen" : "listen backlog \(backlog)"
        case .accept: "accept"
        case .send(let text, let flags): with("send \(text.quoted)", flags)
        case .sendFill(let count, let flags): with("sendfill \(count)", flags)
        case .recv(let count, let flags): with(count == 100 ? "recv" : "recv \(count)", flags)
        case .recvLeaving(let errno, let count, let flags): with("recv \(count)", flags) + " leaving \(errno.symbol)"
        case .write(let text): "write \(text.quoted)"
        case .read(let count): count == 100 ? "read" : "read \(count)"
        case .shutdown(let how): "shutdown \(how.symbol)"
        case .close: "close"
        case .dup: "dup"
        case .poll: "poll"
        case .getsockname: "getsockname"
        case .getpeername: "getpeername"
        case .outputQueue: "SIOCOUTQ"
        case .getError: "SO_ERROR"
        case .tcpInfo: "TCP_INFO"
        case .getOption(let option): "getsockopt \(option.symbol)"
        case .setOption(let option, let value): "setsockopt \(option.symbol) \(value)"
        case .setLinger(let seconds): "linger \(seconds)"
        case .setNonblocking(let on): on ? "nonblocking" : "nonblocking off"
        }
    }
}

extension Outcome {
    var written: String {
        switch self {
        case .succeeds: "0"
        case .returns(let value, let bounds): "\(value)" + (bounds.map { " within \($0.written)" } ?? "")
        case .reads(let text): text.quoted
        case .fails(let errno, let signals): ([errno.symbol] + signals.map(\.symbol)).joined(separator: " ")
        case .killedBy(let signal): "killed \(signal.symbol)"
        case .exits(let code): "exit \(code)"
        case .names(let endpoint): "name \(endpoint.written)"
        case .any: "anything"
        }
    }
}

extension Row {
    var written: String {
        var words = [state.symbol]
        if let kind { words.append(kind.rawValue) }
        if let timer { words.append("timer \(timer.symbol)") }
        if let expires { words.append("expires \(expires.written)") }
        if let retransmits { words.append("retransmits \(retransmits)") }
        if let receiveQueue { words.append("rqueue \(receiveQueue)") }
        if let sendQueue { words.append("wqueue \(sendQueue)") }
        return words.joined(separator: " ")
    }
}

extension Netstat {
    fileprivate var written: String {
        var words = [state.symbol, "timer", timer.symbol]
        if let since { words += ["since", since.asName] }
        words += ["lasts", lasts.written]
        if retransmits != 0 { words.append("retransmits \(retransmits)") }
        if probes != 0 { words.append("probes \(probes)") }
        if receiveQueue != 0 { words.append("rqueue \(receiveQueue)") }
        return words.joined(separator: " ")
    }
}
