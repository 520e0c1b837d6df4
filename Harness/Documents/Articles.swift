extension Document {
    /// The five articles that the catalogue began with: their rows are sections, each with many claims.
    package static let articles = [
        article(
            "000", "TCP同时打开和同时关闭", "Simultaneous open and close in TCP",
            [("同时打开", "simultaneous open"), ("同时关闭", "simultaneous close"), ("自连接", "self-connect")]),
        article(
            "001", "TCP 链接的状态转换", "State transitions of a TCP connection",
            [
                ("两条主线", "the two main paths"), ("状态说明", "the states"), ("三次握手", "three-way handshake"),
                ("四次挥手", "closing in four segments"), ("常见问题", "common questions"), ("KeepAlive", "keepalive"),
            ]),
        article(
            "002", "TCP连接的关闭", "Closing a TCP connection",
            [
                ("close", "close()"), ("shutdown", "shutdown()"), ("区别", "how they differ"), ("exit(0)", "exit(0)"),
                ("调用close后发生了什么", "what happens after close()"),
            ]),
        article(
            "003", "深入剖析 Socket——TCP 套接字的生命周期", "The life of a TCP socket",
            [
                ("建立 TCP 连接", "opening a connection"), ("客户端连接的建立", "opening, the client's side"),
                ("服务端连接的建立", "opening, the server's side"), ("关闭 TCP 连接", "closing a connection"),
            ]),
        article(
            "004", "网络编程-再看TCP的四次挥手", "Another look at closing in four segments",
            [
                ("四次挥手", "closing in four segments"), ("半关闭", "half-close"), ("为什么要四次挥手", "why four segments"),
                ("TIME_WAIT", "TIME_WAIT"), ("半打开", "half-open connections"),
            ]),
    ]

    private static func article(
        _ number: String, _ title: String, _ gloss: String, _ sections: [(name: String, gloss: String)]
    ) -> Document {
        Document(number, title, gloss: gloss, language: "zh", rows: sections.map { Row($0.name, $0.gloss) })
    }
}
