using System.Collections.Immutable;
using System.Reflection.Metadata;
using Types = System.Collections.Immutable.ImmutableArray<System.Reflection.Metadata.TypeDefinitionHandle>;

namespace Weft.Tests.Architecture;

/// <summary>The types of the assembly itself that a signature names, at whatever depth.</summary>
internal sealed class NamedTypes(MetadataReader assembly) : ISignatureTypeProvider<Types, object?>
{
    public Types In(EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => [(TypeDefinitionHandle)type],
        HandleKind.TypeSpecification => assembly.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(this, null),
        _ => [],
    };

    public static Types In(MethodSignature<Types> signature) =>
        [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(static types => types)];

    public Types GetArrayType(Types elementType, ArrayShape shape) => elementType;

    public Types GetByReferenceType(Types elementType) => elementType;

    public Types GetFunctionPointerType(MethodSignature<Types> signature) => In(signature);

    public Types GetGenericInstantiation(
        Types genericType,
        ImmutableArray<Types> typeArguments) =>
        [.. genericType, .. typeArguments.SelectMany(static types => types)];

    public Types GetGenericMethodParameter(object? genericContext, int index) => [];

    public Types GetGenericTypeParameter(object? genericContext, int index) => [];

    public Types GetModifiedType(
        Types modifier,
        Types unmodifiedType,
        bool isRequired) =>
        unmodifiedType;

    public Types GetPinnedType(Types elementType) => elementType;

    public Types GetPointerType(Types elementType) => elementType;

    public Types GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public Types GetSZArrayType(Types elementType) => elementType;

    public Types GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [handle];

    public Types GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [];

    public Types GetTypeFromSpecification(
        MetadataReader reader,
        object? genericContext,
        TypeSpecificationHandle handle,
        byte rawTypeKind) =>
        In(handle);
}
