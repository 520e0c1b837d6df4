import Sequences
import Testing

/// Every form of a line, as `text` writes it: what is read gives the same when it is written.
@Suite struct RoundTripTests {
    private static let sockets = """
        client       bind A:4000
        client       connect B:5000
        client       nonblocking
        client       connect B/v6:5000 -> EINPROGRESS
        client       connect B/mapped:5000 -> 0
        client       disconnect
        client       send "req"
        client       send "r\\x01\\"\\\\\\n" MSG_DONTWAIT|MSG_NOSIGNAL
        client       send "x" -> EPIPE SIGPIPE
        client       send "x" -> killed SIGPIPE
        client       sendfill 65536 MSG_DONTWAIT -> anything
        client       recv 3 MSG_PEEK -> "req"
        client       recv 100 leaving EBADF -> 0
        client       receives "req"
        client       receives end
        client       receives nothing
        client       receives ECONNRESET
        client       write "x"
        client       read 7 -> exit 3
        client       shutdown SHUT_RDWR
        client       getsockname -> name local(server)
        client       getpeername -> name remote(server)
        client       setsockopt TCP_KEEPIDLE 7200
        client       getsockopt TCP_KEEPIDLE -> 7200
        client       linger 0
        client       nonblocking off
        client       SIOCOUTQ -> 0
        client       SO_ERROR -> 0
        client       TCP_INFO -> anything
        client       dup -> anything
        client       poll -> anything
        client       close
        client       begins recv as reading
        reading      sleeps
        reading      blocks
        reading      -> "req" after 2s
        reading      -> 0
        listener     begins accept as waiting
        waiting      accepts third after 1min
        listener     accepts fourth
        client       duplicates as copy
        client       shared with A.child as shared
        client       fills
        client       fills at most 4096
        client       reads to end
        client       reads to end 4096
        client       recv MSG_PEEK -> 3 within 0s..1s
        peer         of client destroyed
        client       crashes
        client       destroyed
        client       shows FIN_WAIT2 minisock timer timewait expires 59s..1min retransmits 0 rqueue 1 wqueue 0 after 2h
        peer         of client shows ESTABLISHED owned
        peer         of client is gone after 60ms
        peer         of client passes CLOSE SYN_SENT
        client       is gone
        client       passes CLOSE SYN_SENT ESTABLISHED
        client       goes FIN_WAIT1 FIN_WAIT2 as then
        client       has error ETIMEDOUT
        client       has no error
        client       has TCP_KEEPCNT 9
        client       polls IN|RDHUP
        client       polls nothing
        client       info shows CLOSE_WAIT
        client       mirrors server
        client       timer lasts 59s..1min since then
        client       netstat TIME_WAIT timer timewait since then lasts 59s..1min retransmits 1 probes 2 rqueue 3
        client       forges RST seq 100 ack -5 echo 1 "x" as forged
        client       forges FIN|ACK as "forged 2"
        """

    private static let hosts = """
        A.child      socket extra v6
        A.child      listen other port 80 backlog 2 rcvbuf 4096 without SO_REUSEADDR v4
        A.child      connects 10 to B:5000 through listener
        A.child      signal SIGPIPE ignored
        A.child      kill SIGTERM
        A.child      raise SIGINT -> killed SIGINT
        A.child      pipe -> anything
        A.child      shutdown 7 3 -> EINVAL
        A.child      stops
        A.child      resumes
        A.child      ends killed SIGKILL
        A.child      ends exited 0
        A.child      forks "grand child"
        "grand child" exits 2
        A            set tcp_fin_timeout = 5
        A            set tcp_rmem = 4096 8192 16384
        A            address 192.0.2.9
        A            counts TCPAbortOnData 1 TCPTimeouts 0
        A            traces reset "NOT_SPECIFIED" in ESTABLISHED
        A            traces reset "NO_SOCKET"
        A            traces tcp_retransmit_skb 2
        A            traces no child of port 5000
        A            has 3 TIME_WAIT minisock
        A            has 0 FIN_WAIT2
        A            has 1 FIN_WAIT2 minisock of client
        A            end toward B:5000 shows SYN_SENT after 1s
        A            end toward 192.0.2.9:80 vanishes called "the end" after 1min since then
        """

    private static let wire = """
        wire         hold "SYN>" as held
        wire         drop "<SYN/ACK" "<RST" first 2 of local(client) of B:5000 as "rule 2"
        wire         allow "FIN>" first 1 as allowed
        wire         duplicate "DATA> len=3" as twice
        wire         delay 20ms "ACK>" as late
        wire         freeze as frozen
        wire         cut as "cut off"
        wire         release held late
        wire         release held reversed
        wire         lift frozen
        held         meets 2 after 3s
        wire         carries "SYN>"
        wire         carries "<DATA len=15" as answer "ACK> ack=16" after 1s since the chapter
        wire         carries only "FIN>" "<ACK" in any order since the attempt
        wire         carries nothing
        wire         carries nothing but "ACK>" since the chapter
        wire         carries 2 of "ACK>"
        wire         carries at least 2 of "ACK>" after 1s since the attempt
        wire         never carries "RST>"
        wire         never carries "RST>" since the step
        wire         carries no reset
        wire         carries "SYN>" again after "SYN>" timer 1s as again
        wire         has carried "<RST" as reset
        wire         quiet 1500us
        wire         backs off "SYN>" after "SYN>" timeout 1s times 5
        wire         here as place
        wire         carries nothing since place
        wire         forge SYN from A:1234 to B:5000 seq 1000 mss 1460 as forged
        wire         forge RST|ACK from local(client) to B:5000 seq end(answer)+1 ack acknowledged(answer) "x" as "a reset"
        wire         repeat answer as twice2
        wire         repeat answer flags FIN|ACK seq end(answer) timestamp of answer plus -1 "y" as changed
        wire         unreachable mtu=1280 about again from 192.0.2.1
        wire         unreachable port about "held #1"
        wire         tolerates "RST>" "<RST"
        """

    private static let attempt = """
        moment       then begins
        moment       then ends
        over         IPv6
        close        listeners
        wait         20ms
        busy         3us
        note         what a reader should know
        void         a reason
        variant      linear
        measure      "how long" 1.5 s within 0.25
        machine      net.ipv4.tcp_max_orphans = 10
        machine      restored
        retransmissions agree
        lasts        "from one to the other" from then to then within 1s..2s
        vanish       client since then and server since then after 1min
        """

    private static let names = """
        id           made
        claim        What made records.
        cites        RFC 9293 3.6
        link         impaired delay 50ms jitter 5ms loss 1.0%
        alone
        ipv6
        pace         5ms
        rests        on paths
        sysctl       tcp_fin_timeout = 5
        scaled       sysctl tcp_fin_timeout = 1
        timer        2h
        scaled       timer 3s
        process      B.p on B
        B.p          listen listener port 5000 backlog 16
        process      A.p on A
        A.p          forks A.child
        A.p          socket client
        A.p          socket server
        moment       then begins

        """

    @Test(arguments: [sockets, hosts, wire, attempt])
    func whatIsReadIsWritten(_ lines: String) throws {
        let text = Self.names + lines
        let sequence = try TextSequence(reading: text, file: "made.tcp")
        for (line, other) in zip(Self.lines(of: text), Self.lines(of: sequence.text)) where line != other {
            Issue.record("\(line)\n\(other)")
        }
        #expect(Self.lines(of: sequence.text).count == Self.lines(of: text).count)
        #expect(try TextSequence(reading: sequence.text, file: "made.tcp").text == sequence.text)
    }

    /// The lines that say something, whatever columns their words stand in.
    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    /// Prose may have quotes and number signs wherever it likes, and lines may end as elsewhere.
    @Test func proseIsLeftAlone() throws {
        let lines = [
            "id    made", "claim He called it \"done\", \"5.10\"'s and #1: \"odd.", "cites RFC 9293 3.6", "wait  1s",
            "",
            "step  A says \"x\".", "note  # is no comment here",
        ]
        let text = lines.joined(separator: "\n") + "\n"
        #expect(try TextSequence(reading: text, file: "other.tcp").text == text)
        #expect(try TextSequence(reading: lines.joined(separator: "\r\n"), file: "other.tcp").text == text)
        #expect(try TextSequence.formatted(lines.joined(separator: "\r\n"), file: "other.tcp") == text)
    }

    @Test func stepsAreParagraphs() throws {
        let text = """
            id      made
            claim   It is claimed.
            process A.p on A

            step    A has a socket
            A.p     socket client
            client  close

            """
        #expect(try TextSequence(reading: text, file: "other.tcp").text == text)
    }

    @Test func loopsAreWrittenOut() throws {
        let sequence = try TextSequence(
            reading: """
                A socket client
                for size in 1 20
                    for flag in MSG_DONTWAIT MSG_NOSIGNAL
                        client sendfill $size $flag
                    end
                end
                """, file: "loop.tcp")
        let lines = sequence.text.split(separator: "\n").filter { $0.contains("sendfill") }.map {
            $0.drop { $0 != " " }
        }
        #expect(
            lines.map { $0.drop { $0 == " " } } == [
                "sendfill 1 MSG_DONTWAIT", "sendfill 1 MSG_NOSIGNAL", "sendfill 20 MSG_DONTWAIT",
                "sendfill 20 MSG_NOSIGNAL",
            ])
    }

    @Test func bothFamiliesAreChapters() throws {
        let sequence = try TextSequence(
            reading: "over both\nconnect client server\nstep it is closed over $family\nclient close\nend\n",
            file: "both.tcp")
        let text = sequence.text
        #expect(text.contains("step") && text.contains("it is closed over IPv4"))
        #expect(text.contains("it is closed over IPv6"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("chapter") } == 2)
        #expect(try TextSequence(reading: text, file: "both.tcp").text == text)
    }
}
