/// One of the five documents whose claims are tested.
package struct Document: Sendable {
    /// The number its file name begins with, as citations give it.
    package let number: String
    package let title: String
    /// The title in English.
    package let gloss: String
    /// Its sections in order: the name that citations give and the same in English.
    package let sections: [(name: String, gloss: String)]

    package static let all = [
        Document(
            number: "000", title: "TCP同时打开和同时关闭", gloss: "Simultaneous open and close in TCP",
            sections: [("同时打开", "simultaneous open"), ("同时关闭", "simultaneous close"), ("自连接", "self-connect")]),
        Document(
            number: "001", title: "TCP 链接的状态转换", gloss: "State transitions of a TCP connection",
            sections: [
                ("两条主线", "the two main paths"), ("状态说明", "the states"), ("三次握手", "three-way handshake"),
                ("四次挥手", "closing in four segments"), ("常见问题", "common questions"), ("KeepAlive", "keepalive"),
            ]),
        Document(
            number: "002", title: "TCP连接的关闭", gloss: "Closing a TCP connection",
            sections: [
                ("close", "close()"), ("shutdown", "shutdown()"), ("区别", "how they differ"), ("exit(0)", "exit(0)"),
                ("调用close后发生了什么", "what happens after close()"),
            ]),
        Document(
            number: "003", title: "深入剖析 Socket——TCP 套接字的生命周期", gloss: "The life of a TCP socket",
            sections: [
                ("建立 TCP 连接", "opening a connection"), ("客户端连接的建立", "opening, the client's side"),
                ("服务端连接的建立", "opening, the server's side"), ("关闭 TCP 连接", "closing a connection"),
            ]),
        Document(
            number: "004", title: "网络编程-再看TCP的四次挥手", gloss: "Another look at closing in four segments",
            sections: [
                ("四次挥手", "closing in four segments"), ("半关闭", "half-close"), ("为什么要四次挥手", "why four segments"),
                ("TIME_WAIT", "TIME_WAIT"), ("半打开", "half-open connections"),
            ]),
    ]
}
