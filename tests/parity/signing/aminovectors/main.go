// Command aminovectors writes how the Go node encodes every message for amino JSON signing.
//
// For each message that a transaction can hold it fills a sample (and an empty one) through
// reflection, and prints the bytes and the JSON that x/tx signs. Build it inside the module of
// the Akash node (v2.1.0): copy this folder to cmd/aminovectors there and `go run` it.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	basev1beta1 "cosmossdk.io/api/cosmos/base/v1beta1"
	signingv1beta1 "cosmossdk.io/api/cosmos/tx/signing/v1beta1"
	txv1beta1 "cosmossdk.io/api/cosmos/tx/v1beta1"
	"cosmossdk.io/x/tx/signing"
	"cosmossdk.io/x/tx/signing/aminojson"
	cosmos_proto "github.com/cosmos/cosmos-proto"
	"github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"pkg.akt.dev/go/sdkutil"
	// what the programs of the node link as well: linked types are encoded by their own descriptors
	_ "cosmossdk.io/api/cosmos/auth/v1beta1"
	_ "cosmossdk.io/api/cosmos/authz/v1beta1"
	_ "cosmossdk.io/api/cosmos/bank/v1beta1"
	_ "cosmossdk.io/api/cosmos/consensus/v1"
	_ "cosmossdk.io/api/cosmos/crisis/v1beta1"
	_ "cosmossdk.io/api/cosmos/distribution/v1beta1"
	_ "cosmossdk.io/api/cosmos/evidence/v1beta1"
	_ "cosmossdk.io/api/cosmos/feegrant/v1beta1"
	_ "cosmossdk.io/api/cosmos/gov/v1"
	_ "cosmossdk.io/api/cosmos/mint/v1beta1"
	_ "cosmossdk.io/api/cosmos/params/v1beta1"
	_ "cosmossdk.io/api/cosmos/slashing/v1beta1"
	_ "cosmossdk.io/api/cosmos/staking/v1beta1"
	_ "cosmossdk.io/api/cosmos/upgrade/v1beta1"
	_ "cosmossdk.io/api/cosmos/vesting/v1beta1"

	_ "pkg.akt.dev/go/sdkutil"

	evidence "cosmossdk.io/x/evidence/types"
	"cosmossdk.io/x/feegrant"
	upgrade "cosmossdk.io/x/upgrade/types"
	audit "pkg.akt.dev/go/node/audit/v1"
	bme "pkg.akt.dev/go/node/bme/v1"
	cert "pkg.akt.dev/go/node/cert/v1"
	deployment "pkg.akt.dev/go/node/deployment/v1beta4"
	escrow "pkg.akt.dev/go/node/escrow/v1"
	market "pkg.akt.dev/go/node/market/v1beta5"
	oracle "pkg.akt.dev/go/node/oracle/v2"
	provider "pkg.akt.dev/go/node/provider/v1beta4"
	awasm "pkg.akt.dev/go/node/wasm/v1"

	auth "github.com/cosmos/cosmos-sdk/x/auth/types"
	vesting "github.com/cosmos/cosmos-sdk/x/auth/vesting/types"
	"github.com/cosmos/cosmos-sdk/x/authz"
	bank "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensus "github.com/cosmos/cosmos-sdk/x/consensus/types"
	crisis "github.com/cosmos/cosmos-sdk/x/crisis/types"
	distribution "github.com/cosmos/cosmos-sdk/x/distribution/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	govv1beta1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1beta1"
	mint "github.com/cosmos/cosmos-sdk/x/mint/types"
	params "github.com/cosmos/cosmos-sdk/x/params/types/proposal"
	slashing "github.com/cosmos/cosmos-sdk/x/slashing/types"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"
)

// The account of the secret SHA-256("akashpy amino vectors").
const (
	address  = "akash1e48xkpgakgqzfcph3qzy6jgtdjckdhkf9wxxfs"
	operator = "akashvaloper1e48xkpgakgqzfcph3qzy6jgtdjckdhkf0vgqe6"
)

// accounts are fields that hold an account although no option says so.
var accounts = map[protoreflect.Name]bool{
	"owner": true, "provider": true, "signer": true, "authority": true, "auditor": true,
	"from_address": true, "to_address": true, "granter": true, "grantee": true,
}

type sample struct {
	TypeURL string `json:"type_url"`
	Kind    string `json:"kind"`
	Bytes   string `json:"bytes"`
	JSON    string `json:"json,omitempty"`
	Error   string `json:"error,omitempty"`
}

type document struct {
	Body  string `json:"body"`
	Auth  string `json:"auth_info"`
	JSON  string `json:"json,omitempty"`
	Error string `json:"error,omitempty"`
}

var registry types.InterfaceRegistry

// held lists, by interface, the content that samples put into an Any.
var held = map[string][]string{
	"cosmos.crypto.PubKey":                  {"cosmos.crypto.secp256k1.PubKey"},
	"cosmos.authz.v1beta1.Authorization":    {},
	"cosmos.feegrant.v1beta1.FeeAllowanceI": {},
	"cosmos.gov.v1beta1.Content":            {},
	"":                                      {"cosmos.bank.v1beta1.MsgSend"},
	"cosmos.base.v1beta1.Msg":               {"cosmos.bank.v1beta1.MsgSend"},
	"cosmos.evidence.v1beta1.Evidence":      {"cosmos.evidence.v1beta1.Equivocation"},
}

type filler struct {
	pick  int // which implementation an Any holds
	depth int
	oneof int
}

// fill sets every field. A field whose message the registry did not link (a placeholder, which the
// encoder writes as {}) gets its content as bytes, as from the wire.
func (f filler) fill(m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	var unlinked []byte
	defer func() {
		if unlinked != nil {
			m.SetUnknown(unlinked)
		}
	}()
	seen := map[protoreflect.Name]int{}
	for i := 0; i < fields.Len(); i++ {
		fd := fields.Get(i)
		if o := fd.ContainingOneof(); o != nil {
			seen[o.Name()]++
			if (f.oneof % o.Fields().Len()) != seen[o.Name()]-1 {
				continue
			}
		}
		if fd.IsMap() {
			continue
		}
		if fd.Message() != nil && fd.Message().IsPlaceholder() {
			placeholders[string(fd.ContainingMessage().FullName())+" "+string(fd.Name())] = true
			times := 1
			if fd.IsList() {
				times = 2
			}
			for ; times > 0 && f.depth <= 6; times-- {
				inner := fresh(string(fd.Message().FullName()))
				f.message(fd, inner)
				raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(inner.Interface())
				must(err)
				unlinked = protowire.AppendTag(unlinked, fd.Number(), protowire.BytesType)
				unlinked = protowire.AppendBytes(unlinked, raw)
			}
			continue
		}
		if fd.IsList() {
			list := m.Mutable(fd).List()
			for n := 1; n <= 2; n++ {
				if fd.Message() != nil {
					if f.depth > 6 {
						continue
					}
					v := list.NewElement()
					f.message(fd, v.Message())
					list.Append(v)
				} else {
					list.Append(f.scalar(fd, n))
				}
			}
			continue
		}
		if fd.Message() != nil {
			if f.depth > 6 {
				continue
			}
			f.message(fd, m.Mutable(fd).Message())
			continue
		}
		m.Set(fd, f.scalar(fd, i+1))
	}
}

func (f filler) message(fd protoreflect.FieldDescriptor, m protoreflect.Message) {
	deeper := f
	deeper.depth++
	name := string(m.Descriptor().FullName())
	fs := m.Descriptor().Fields()
	switch name {
	case "google.protobuf.Any":
		iface := ""
		if proto.HasExtension(fd.Options(), cosmos_proto.E_AcceptsInterface) {
			iface = proto.GetExtension(fd.Options(), cosmos_proto.E_AcceptsInterface).(string)
		}
		names := held[iface]
		if len(names) == 0 {
			fmt.Fprintln(os.Stderr, "nothing for", fd.FullName(), iface)
			return
		}
		pick := names[f.pick%len(names)]
		inner := fresh(pick)
		deeper.pick = 0
		deeper.fill(inner)
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(inner.Interface())
		must(err)
		m.Set(fs.ByName("type_url"), protoreflect.ValueOfString("/"+pick))
		m.Set(fs.ByName("value"), protoreflect.ValueOfBytes(raw))
	case "google.protobuf.Timestamp":
		m.Set(fs.ByName("seconds"), protoreflect.ValueOfInt64(1700000000))
		m.Set(fs.ByName("nanos"), protoreflect.ValueOfInt32(120000000))
	case "google.protobuf.Duration":
		m.Set(fs.ByName("seconds"), protoreflect.ValueOfInt64(3601))
		m.Set(fs.ByName("nanos"), protoreflect.ValueOfInt32(5))
	default:
		deeper.fill(m)
	}
}

func (f filler) scalar(fd protoreflect.FieldDescriptor, n int) protoreflect.Value {
	text := string(protodesc(fd))
	scalar := ""
	if proto.HasExtension(fd.Options(), cosmos_proto.E_Scalar) {
		scalar = proto.GetExtension(fd.Options(), cosmos_proto.E_Scalar).(string)
	}
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		vs := fd.Enum().Values()
		return protoreflect.ValueOfEnum(vs.Get(vs.Len() - 1).Number())
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(n + 40))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(n + 50))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(int64(n + 60))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(uint64(n) + 9007199254740993)
	case protoreflect.StringKind:
		if scalar == "cosmos.Int" {
			return protoreflect.ValueOfString(fmt.Sprint(n + 70))
		}
		if scalar == "cosmos.Dec" || strings.Contains(text, "Dec") {
			return protoreflect.ValueOfString(fmt.Sprintf("%d00000000000000000", n))
		}
		if strings.Contains(scalar, "ValidatorAddress") {
			return protoreflect.ValueOfString(operator)
		}
		if strings.Contains(scalar, "Address") || accounts[fd.Name()] {
			return protoreflect.ValueOfString(address)
		}
		return protoreflect.ValueOfString(fmt.Sprintf("%s <&> \u00e9\u2028 %d", fd.Name(), n))
	case protoreflect.BytesKind:
		if scalar == "cosmos.Dec" || strings.Contains(text, "LegacyDec") {
			return protoreflect.ValueOfBytes([]byte(fmt.Sprintf("%d00000000000000000", n)))
		}
		if scalar == "cosmos.Int" || strings.Contains(text, "Int") {
			return protoreflect.ValueOfBytes([]byte(fmt.Sprint(n + 80)))
		}
		if strings.Contains(text, "RawContractMessage") {
			return protoreflect.ValueOfBytes([]byte(`{"b":1,"a":{"d":[2],"c":"x"}}`))
		}
		if fd.Name() == "key" {
			return protoreflect.ValueOfBytes([]byte(strings.Repeat("k", 33)))
		}
		return protoreflect.ValueOfBytes([]byte{1, 2, byte(n)})
	}
	panic(fd.Kind().String())
}

var placeholders = map[string]bool{}

func fresh(name string) protoreflect.Message {
	d, err := registry.FindDescriptorByName(protoreflect.FullName(name))
	must(err)
	return dynamicpb.NewMessage(d.(protoreflect.MessageDescriptor))
}

// protodesc is the text of a field's options, to see its custom type.
func protodesc(fd protoreflect.FieldDescriptor) []byte {
	return []byte(fmt.Sprint(fd.Options()))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	enc := sdkutil.MakeEncodingConfig()
	for _, register := range []func(types.InterfaceRegistry){
		auth.RegisterInterfaces, vesting.RegisterInterfaces, authz.RegisterInterfaces, bank.RegisterInterfaces,
		consensus.RegisterInterfaces, crisis.RegisterInterfaces, distribution.RegisterInterfaces,
		govv1.RegisterInterfaces, govv1beta1.RegisterInterfaces, mint.RegisterInterfaces, params.RegisterInterfaces,
		slashing.RegisterInterfaces, staking.RegisterInterfaces, evidence.RegisterInterfaces,
		feegrant.RegisterInterfaces, upgrade.RegisterInterfaces,
		audit.RegisterInterfaces, bme.RegisterInterfaces, cert.RegisterInterfaces, deployment.RegisterInterfaces,
		escrow.RegisterInterfaces, market.RegisterInterfaces, oracle.RegisterInterfaces,
		provider.RegisterInterfaces, awasm.RegisterInterfaces,
	} {
		register(enc.InterfaceRegistry)
	}
	registry = enc.InterfaceRegistry
	for _, iface := range []string{"cosmos.authz.v1beta1.Authorization", "cosmos.feegrant.v1beta1.FeeAllowanceI", "cosmos.gov.v1beta1.Content", "cosmos.crypto.PubKey"} {
		for _, url := range registry.ListImplementations(iface) {
			if iface == "cosmos.crypto.PubKey" && strings.Contains(url, "secp256k1") {
				continue
			}
			held[iface] = append(held[iface], url[1:])
		}
		if iface != "cosmos.crypto.PubKey" {
			sort.Strings(held[iface])
		}
	}
	encoder := aminojson.NewEncoder(aminojson.EncoderOptions{FileResolver: registry})
	var out struct {
		Samples   []sample   `json:"samples"`
		Documents []document `json:"documents"`
		Unlinked  []string   `json:"unlinked"`
	}
	urls := registry.ListImplementations(sdk.MsgInterfaceProtoName)
	sort.Strings(urls)
	last := ""
	for _, url := range urls {
		if url == last || strings.HasPrefix(url, "/ibc.") || strings.HasPrefix(url, "/cosmwasm.") {
			continue
		}
		last = url
		done := map[string]bool{}
		for variant := -1; variant < 8; variant++ {
			m := fresh(url[1:])
			kind := "empty"
			if variant >= 0 {
				kind = fmt.Sprintf("full%d", variant)
				filler{pick: variant, oneof: variant}.fill(m)
			}
			raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
			must(err)
			if done[string(raw)] {
				continue
			}
			done[string(raw)] = true
			text, err := encoder.Marshal(&anypb.Any{TypeUrl: url, Value: raw})
			s := sample{TypeURL: url, Kind: kind, Bytes: hex.EncodeToString(raw), JSON: string(text)}
			if err != nil {
				s.Error = err.Error()
				s.JSON = ""
			}
			out.Samples = append(out.Samples, s)
		}
	}
	send := fresh("cosmos.bank.v1beta1.MsgSend")
	filler{}.fill(send)
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(send.Interface())
	must(err)
	msgs := []*anypb.Any{{TypeUrl: "/cosmos.bank.v1beta1.MsgSend", Value: raw}}
	coins := []*basev1beta1.Coin{{Denom: "uakt", Amount: "12"}}
	for _, one := range []struct {
		body *txv1beta1.TxBody
		fee  *txv1beta1.Fee
	}{
		{&txv1beta1.TxBody{Messages: msgs}, &txv1beta1.Fee{}},
		{&txv1beta1.TxBody{Messages: msgs, Memo: "a <b> & c", TimeoutHeight: 9}, &txv1beta1.Fee{Amount: coins, GasLimit: 200000}},
		{&txv1beta1.TxBody{Messages: append(msgs, msgs...), Unordered: true, TimeoutTimestamp: &timestamppb.Timestamp{Seconds: 1700000000, Nanos: 5}}, &txv1beta1.Fee{Amount: coins, GasLimit: 1, Payer: address, Granter: address}},
		{&txv1beta1.TxBody{Messages: msgs, NonCriticalExtensionOptions: msgs}, &txv1beta1.Fee{}},
		{&txv1beta1.TxBody{Messages: msgs}, nil},
		{&txv1beta1.TxBody{}, &txv1beta1.Fee{}},
	} {
		info := &txv1beta1.AuthInfo{Fee: one.fee}
		b, err := proto.MarshalOptions{Deterministic: true}.Marshal(one.body)
		must(err)
		a, err := proto.MarshalOptions{Deterministic: true}.Marshal(info)
		must(err)
		text, err := enc.TxConfig.SignModeHandler().GetSignBytes(context.Background(), signingv1beta1.SignMode_SIGN_MODE_LEGACY_AMINO_JSON,
			signing.SignerData{Address: address, ChainID: "vectors-1", AccountNumber: 3, Sequence: 7},
			signing.TxData{Body: one.body, AuthInfo: info, BodyBytes: b, AuthInfoBytes: a})
		d := document{Body: hex.EncodeToString(b), Auth: hex.EncodeToString(a), JSON: string(text)}
		if err != nil {
			d.Error = err.Error()
		}
		out.Documents = append(out.Documents, d)
	}
	for name := range placeholders {
		out.Unlinked = append(out.Unlinked, name)
	}
	sort.Strings(out.Unlinked)
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	must(e.Encode(out))
}
