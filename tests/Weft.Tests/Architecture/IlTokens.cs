using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Weft.Tests.Architecture;

/// <summary>What the instructions of a method name.</summary>
internal static class IlTokens
{
    // Of an instruction of two bytes, the first.
    private const byte TwoBytes = 0xFE;

    private static readonly Dictionary<short, OperandType> s_operands = typeof(OpCodes).GetFields()
        .Select(static field => field.GetValue(null))
        .OfType<OpCode>()
        .ToDictionary(static code => code.Value, static code => code.OperandType);

    public static IEnumerable<EntityHandle> In(MethodBodyBlock body)
    {
        List<EntityHandle> tokens = [];
        BlobReader code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            byte first = code.ReadByte();
            OperandType operand = s_operands[first == TwoBytes ? unchecked((short)((TwoBytes << 8) | code.ReadByte())) : first];
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
            else
                Skip(ref code, operand);
        }

        return tokens;
    }

    private static void Skip(ref BlobReader code, OperandType operand)
    {
        int bytes = operand == OperandType.InlineSwitch ? sizeof(int) * code.ReadInt32() : Size(operand);
        code.Offset += bytes;
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
