import Sequences
import Testing

@Suite struct FormattingTests {
    @Test func wordsStandInColumns() throws {
        let text = """

            # what it is about
            claim  It is   claimed.


            connect   client server # both ends
            step  A sends "a"   text
              client send   "a  # b"   # no comment before
            for n in 1 2
            client sendfill $n
            end


            """
        let expected = """
            # what it is about
            claim   It is   claimed.

            connect client server  # both ends
            step    A sends "a"   text
            client  send "a  # b"  # no comment before
            for     n in 1 2
                client  sendfill $n
            end

            """
        let formatted = try TextSequence.formatted(text, file: "made.tcp")
        #expect(formatted == expected)
        #expect(try TextSequence.formatted(formatted, file: "made.tcp") == expected)
    }

    @Test func whatIsWrongIsNotFormatted() {
        #expect(throws: SequenceError.self) { try TextSequence.formatted("conect a b\n", file: "made.tcp") }
    }
}
