/// Frames that Linux 6.18 sent over a veth pair without offloads, as they were captured.
///
/// A is 10.0.0.1 or fd00::1, B is 10.0.0.2 or fd00::2. Each line holds the bytes of one header, option or payload.
enum Fixtures {
    /// A SYN with Linux's usual options.
    static let syn = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 003c d997 4000 40 06 4d22 0a000001 0a000002  ; IPv4
        b64e 1388 bf115c46 00000000 a0 02 faf0 5308 0000  ; TCP
        02 04 05b4  ; mss
        04 02  ; SACK permitted
        08 0a b1704f62 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// The SYN/ACK that answers it.
    static let synAck = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 003c 0000 4000 40 06 26ba 0a000002 0a000001  ; IPv4
        1388 b64e 8cb45c9e bf115c47 a0 12 fe88 23e2 0000  ; TCP
        02 04 05b4  ; mss
        04 02  ; SACK permitted
        08 0a 9cb8a571 b1704f62  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// The third segment of the handshake.
    static let ack = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 0034 d998 4000 40 06 4d29 0a000001 0a000002  ; IPv4
        b64e 1388 bf115c47 8cb45c9f 80 10 003f 50fb 0000  ; TCP
        01 01  ; no-operation
        08 0a b1704f62 9cb8a571  ; timestamps
        """)

    /// Three bytes of payload.
    static let data = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 0037 d999 4000 40 06 4d25 0a000001 0a000002  ; IPv4
        b64e 1388 bf115c47 8cb45c9f 80 18 003f 6e90 0000  ; TCP
        01 01  ; no-operation
        08 0a b170505c 9cb8a571  ; timestamps
        686579  ; payload "hey"
        """)

    /// The answer to the same data seen twice: a DSACK block, RFC 2883.
    static let duplicateAck = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 0040 794d 4000 40 06 ad68 0a000002 0a000001  ; IPv4
        1388 b64e 8cb45c9f bf115c4a b0 10 0040 e13b 0000  ; TCP
        01 01  ; no-operation
        08 0a 9cb8a766 b170505c  ; timestamps
        01 01  ; no-operation
        05 0a bf115c47 bf115c4a  ; SACK
        """)

    /// One urgent byte.
    static let urgent = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 0035 d99a 4000 40 06 4d26 0a000001 0a000002  ; IPv4
        b64e 1388 bf115c4a 8cb45c9f 80 38 003f 2ae4 0001  ; TCP
        01 01  ; no-operation
        08 0a b1705257 9cb8a766  ; timestamps
        21  ; payload "!"
        """)

    /// The answer to bytes 5 to 9 while bytes 1 to 4 are missing: a SACK block.
    static let hole = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 0040 c8e7 4000 40 06 5dce 0a000002 0a000001  ; IPv4
        1389 eb38 5167653c a584a374 b0 10 0040 c193 0000  ; TCP
        01 01  ; no-operation
        08 0a 57d74cb6 af3d86a6  ; timestamps
        01 01  ; no-operation
        05 0a a584a378 a584a37d  ; SACK
        """)

    /// Payload and FIN in one segment.
    static let dataFin = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 0037 b06e 4000 40 06 7650 0a000001 0a000002  ; IPv4
        eb38 1389 a584a37d 5167653c 80 11 003f c0bf 0000  ; TCP
        01 01  ; no-operation
        08 0a af3d880b 57d74cb6  ; timestamps
        627965  ; payload "bye"
        """)

    /// The first FIN of a close.
    static let fin = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 0034 d99b 4000 40 06 4d26 0a000001 0a000002  ; IPv4
        b64e 1388 bf115c4b 8cb45c9f 80 11 003f 4a12 0000  ; TCP
        01 01  ; no-operation
        08 0a b1705351 9cb8a866  ; timestamps
        """)

    /// A bare RST: data came for a closed socket.
    static let reset = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 0028 0000 4000 40 06 26ce 0a000002 0a000001  ; IPv4
        1388 a946 1135335a 00000000 50 04 0000 9a80 0000  ; TCP
        """)

    /// A RST with ACK: closed with unread data.
    static let resetAck = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 0034 38da 4000 40 06 ede7 0a000002 0a000001  ; IPv4
        1388 a940 49524135 575da2e0 80 14 0040 9324 0000  ; TCP
        01 01  ; no-operation
        08 0a 08f4eaa8 f692a394  ; timestamps
        """)

    /// A RST with ACK and sequence number zero: nothing listens there.
    static let refused = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 00 0028 0000 4000 40 06 26ce 0a000002 0a000001  ; IPv4
        176f a7f8 00000000 639e6b10 50 14 0000 0db8 0000  ; TCP
        """)

    /// A SYN behind a record-route IP option.
    static let ipOptions = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        47 00 0044 85da 4000 40 06 8ec6 0a000001 0a000002  ; IPv4
        0707080a00000100  ; record route
        a948 1388 7c4d86e6 00000000 a0 02 faf0 0ff1 0000  ; TCP
        02 04 05b4  ; mss
        04 02  ; SACK permitted
        08 0a 8790e183 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// A SYN to a network without a route.
    static let unroutable = Frame(
        """
        02000000000b 02000000000a 0800  ; Ethernet
        45 00 003c 486a 4000 40 06 de47 0a000001 0a090001  ; IPv4
        b698 0050 9599b37f 00000000 a0 02 faf0 48f7 0000  ; TCP
        02 04 05b4  ; mss
        04 02  ; SACK permitted
        08 0a d6af1959 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// What the router says about it.
    static let unreachable = Frame(
        """
        02000000000a 02000000000b 0800  ; Ethernet
        45 c0 0058 4409 0000 40 01 21da 0a000002 0a000001  ; IPv4
        03 01 1138 00000000  ; ICMP
        45 00 003c 486a 4000 40 06 de47 0a000001 0a090001  ; IPv4, quoted
        b698 0050 9599b37f 00000000 a0 02 faf0 48f7 0000  ; TCP, quoted
        02 04 05b4  ; mss
        04 02  ; SACK permitted
        08 0a d6af1959 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// A SYN with Linux's usual options over IPv6.
    static let v6Syn = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0028 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        d966 1388 6ed99dd9 00000000 a0 02 fd20 79c2 0000  ; TCP
        02 04 05a0  ; mss
        04 02  ; SACK permitted
        08 0a 3ccda0ba 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// The SYN/ACK that answers it over IPv6.
    static let v6SynAck = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 0028 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        1388 d966 095294aa 6ed99dda a0 12 fb04 a355 0000  ; TCP
        02 04 05a0  ; mss
        04 02  ; SACK permitted
        08 0a 327d07fe 3ccda0ba  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// The third segment of the handshake over IPv6.
    static let v6Ack = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0020 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        d966 1388 6ed99dda 095294ab 80 10 0040 ccd5 0000  ; TCP
        01 01  ; no-operation
        08 0a 3ccda0ba 327d07fe  ; timestamps
        """)

    /// Three bytes of payload over IPv6.
    static let v6Data = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0023 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        d966 1388 6ed99dda 095294ab 80 18 0040 ea69 0000  ; TCP
        01 01  ; no-operation
        08 0a 3ccda1b5 327d07fe  ; timestamps
        686579  ; payload "hey"
        """)

    /// The answer to the same data seen twice: a DSACK block, RFC 2883, over IPv6.
    static let v6DuplicateAck = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 002c 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        1388 d966 095294ab 6ed99ddd b0 10 003f 7a5d 0000  ; TCP
        01 01  ; no-operation
        08 0a 327d09f7 3ccda1b5  ; timestamps
        01 01  ; no-operation
        05 0a 6ed99dda 6ed99ddd  ; SACK
        """)

    /// One urgent byte over IPv6.
    static let v6Urgent = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0021 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        d966 1388 6ed99ddd 095294ab 80 38 0040 a6a8 0001  ; TCP
        01 01  ; no-operation
        08 0a 3ccda3c1 327d09f7  ; timestamps
        21  ; payload "!"
        """)

    /// The answer to bytes 5 to 9 while bytes 1 to 4 are missing: a SACK block over IPv6.
    static let v6Hole = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 002c 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        1389 9e48 5c1b37c2 85b5d8e0 b0 10 003f 21a5 0000  ; TCP
        01 01  ; no-operation
        08 0a 6b0c91c5 b1de148e  ; timestamps
        01 01  ; no-operation
        05 0a 85b5d8e4 85b5d8e9  ; SACK
        """)

    /// Payload and FIN in one segment, with a flow label over IPv6.
    static let v6DataFin = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60013f56 0023 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        9e48 1389 85b5d8e9 5c1b37c2 80 11 0040 4c04 0000  ; TCP
        01 01  ; no-operation
        08 0a b1de15f8 6b0c91c5  ; timestamps
        627965  ; payload "bye"
        """)

    /// The first FIN of a close over IPv6.
    static let v6Fin = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0020 06 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        d966 1388 6ed99dde 095294ab 80 11 0040 c5c8 0000  ; TCP
        01 01  ; no-operation
        08 0a 3ccda4bb 327d0b05  ; timestamps
        """)

    /// A bare RST: data came for a closed socket over IPv6.
    static let v6Reset = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 0014 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        1388 d986 2319a084 00000000 50 04 0000 0530 0000  ; TCP
        """)

    /// A RST with ACK: closed with unread data over IPv6.
    static let v6ResetAck = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 0020 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        1388 d976 17e4199f 63837aba 80 14 003f e74a 0000  ; TCP
        01 01  ; no-operation
        08 0a bda6bf15 df783c36  ; timestamps
        """)

    /// A RST with ACK and sequence number zero: nothing listens there over IPv6.
    static let v6Refused = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 0014 06 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        176f dfae 00000000 19c47912 50 14 0000 2bd8 0000  ; TCP
        """)

    /// A SYN behind a destination options header over IPv6.
    static let v6IpOptions = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0030 3c 40  ; IPv6
        fd000000000000000000000000000001 fd000000000000000000000000000002
        0600010400000000  ; destination options
        d992 1388 c4266bc2 00000000 a0 02 fd20 f289 0000  ; TCP
        02 04 05a0  ; mss
        04 02  ; SACK permitted
        08 0a f0cd5090 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// A SYN to a network without a route over IPv6.
    static let v6Unroutable = Frame(
        """
        02000000000b 02000000000a 86dd  ; Ethernet
        60000000 0028 06 40  ; IPv6
        fd000000000000000000000000000001 fd090000000000000000000000000001
        d56c 0050 8cc09103 00000000 a0 02 fd20 82fa 0000  ; TCP
        02 04 05a0  ; mss
        04 02  ; SACK permitted
        08 0a a38336e5 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// What the router says about it over IPv6.
    static let v6Unreachable = Frame(
        """
        02000000000a 02000000000b 86dd  ; Ethernet
        60000000 0058 3a 40  ; IPv6
        fd000000000000000000000000000002 fd000000000000000000000000000001
        01 00 9e2e 00000000  ; ICMPv6
        60000000 0028 06 40  ; IPv6, quoted
        fd000000000000000000000000000001 fd090000000000000000000000000001
        d56c 0050 8cc09103 00000000 a0 02 fd20 82fa 0000  ; TCP, quoted
        02 04 05a0  ; mss
        04 02  ; SACK permitted
        08 0a a38336e5 00000000  ; timestamps
        01  ; no-operation
        03 03 0a  ; window scale
        """)

    /// All frames with a TCP segment.
    static let tcp: [Frame] = [
        syn, synAck, ack, data, duplicateAck, urgent, hole, dataFin, fin, reset, resetAck, refused, ipOptions,
        unroutable, v6Syn, v6SynAck, v6Ack, v6Data, v6DuplicateAck, v6Urgent, v6Hole, v6DataFin, v6Fin, v6Reset,
        v6ResetAck, v6Refused, v6IpOptions, v6Unroutable,
    ]

    /// All frames with an ICMP message.
    static let icmp: [Frame] = [unreachable, v6Unreachable]
}
