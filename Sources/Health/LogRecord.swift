/// One record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg).
package struct LogRecord: Equatable, Sendable {
    package let sequence: UInt64
    /// Microseconds of the kernel's own clock for its log, which is not CLOCK_MONOTONIC.
    package let microseconds: UInt64
    /// Of the kernel's facility, not of a program that writes to the log.
    package let isKernels: Bool
    /// One line, without control characters.
    package let text: String

    /// Reads `priority,sequence,time,flags;text`; nil for anything else.
    package init?(_ bytes: some Collection<UInt8>) {
        guard let semicolon = bytes.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let fields = bytes[..<semicolon].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count >= 3, let priority = UInt(fields[0]), let sequence = UInt64(fields[1]),
            let microseconds = UInt64(fields[2])
        else { return nil }
        self.sequence = sequence
        self.microseconds = microseconds
        isKernels = priority >> 3 == 0
        // The first line is the message; those after it are the record's properties.
        let message = bytes[bytes.index(after: semicolon)...].prefix { $0 != UInt8(ascii: "\n") }
        text = Self.printable(String(decoding: message, as: UTF8.self))
    }

    package init(sequence: UInt64, microseconds: UInt64, text: String) {
        self.sequence = sequence
        self.microseconds = microseconds
        isKernels = true
        self.text = Self.printable(text)
    }

    /// Without what could move a terminal's cursor; a tabulator is a space.
    private static func printable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\t" { scalars.append(" ") }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
